import { toggle } from '../kinds/choices/choice.ts';
import { reference } from '../kinds/reference.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Records of changes, logins, and what happens to listeners, servers and Levee itself',
  area: 'loggrp',
  members: {
    status: toggle({
      help: 'Record events; disable = neither in a file nor sent to anyone',
      default: 'enable',
    }),
    'trigger-policy': reference({ help: 'Who is told of an event', tables: ['log trigger-policy'] }),
  },
} satisfies TableDefinition;
