import { hostName } from '../kinds/host-name.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Settings of the whole system',
  area: 'sysgrp',
  members: {
    hostname: hostName({
      help: 'Name in the prompt and in log records',
      maximum: 63,
      default: 'Levee',
    }),
  },
} satisfies TableDefinition;
