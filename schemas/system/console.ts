import { choice } from '../kinds/choices/choice.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'How the command line prints',
  area: 'sysgrp',
  members: {
    output: choice({
      help: 'What happens to output that is longer than the screen',
      choices: { standard: 'It runs through', more: 'It stops at each screenful' },
      default: 'standard',
    }),
  },
} satisfies TableDefinition;
