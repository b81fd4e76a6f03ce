import { integer } from '../kinds/integer.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'How the enforcer runs; changes take effect when it starts again',
  area: 'sysgrp',
  members: {
    workers: integer({
      help: 'Threads that carry connections; 0 = one for each processor',
      minimum: 0,
      maximum: 64,
      default: 0,
      extension: true,
    }),
    'sources-table-size': integer({
      help: 'Sources that can be counted at the same time',
      minimum: 1024,
      maximum: 16777216,
      default: 262144,
      extension: true,
    }),
  },
} satisfies TableDefinition;
