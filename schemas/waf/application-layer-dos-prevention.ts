import { nameKey } from '../key.ts';
import { toggle } from '../kinds/choices/choice.ts';
import { reference } from '../kinds/reference.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Group the rules that guard against denial of service',
  area: 'wafgrp',
  key: nameKey(),
  members: {
    'enable-layer4-dos-prevention': toggle({
      help: 'Apply the rules that count TCP connections',
      default: 'disable',
    }),
    'layer4-connection-flood-check-rule': reference({
      help: 'Rule that limits the connections of each source address',
      tables: ['waf layer4-connection-flood-check-rule'],
    }),
  },
} satisfies TableDefinition;
