import { toggle } from '../kinds/choices/choice.ts';
import { reference } from '../kinds/reference.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Mail for every attack and event that is severe enough for an email policy',
  area: 'loggrp',
  members: {
    status: toggle({ help: 'Send mail', default: 'disable' }),
    'email-policy': reference({
      help: 'Who gets it, and from which severity on',
      tables: ['log email-policy'],
    }),
  },
} satisfies TableDefinition;
