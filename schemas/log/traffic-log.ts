import { toggle } from '../kinds/choices/choice.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Records of connections',
  area: 'loggrp',
  members: {
    status: toggle({
      help: 'Record each connection of policies with tlog enable, when it has ended',
      default: 'disable',
    }),
  },
} satisfies TableDefinition;
