import { integer } from '../kinds/integer.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'How violations are reported',
  area: 'sysgrp',
  members: {
    'max-dos-alert-interval': integer({
      help: 'Time between two log records of an attack that goes on; without a violation for so long it is over',
      minimum: 1,
      maximum: 3600,
      default: 180,
      unit: 'seconds',
    }),
  },
} satisfies TableDefinition;
