import { nameKey } from '../key.ts';
import { reference } from '../kinds/reference.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Who is told when a rule is violated',
  area: 'loggrp',
  key: nameKey(),
  members: {
    'email-policy': reference({ help: 'Send mail with this policy', tables: ['log email-policy'] }),
    'syslog-policy': reference({
      help: 'Send to the syslog servers of this policy',
      tables: ['log syslog-policy'],
    }),
  },
} satisfies TableDefinition;
