import { nameKey } from '../key.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Who is told when a rule is violated',
  area: 'loggrp',
  key: nameKey(),
  members: {},
} satisfies TableDefinition;
