import { toggle } from '../kinds/choices/choice.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Records of violations',
  area: 'loggrp',
  members: {
    status: toggle({
      help: 'Record violations; disable = neither in a file nor sent to anyone',
      default: 'enable',
    }),
  },
} satisfies TableDefinition;
