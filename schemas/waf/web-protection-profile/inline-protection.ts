import { nameKey } from '../../key.ts';
import { reference } from '../../kinds/reference.ts';
import { text } from '../../kinds/text.ts';
import type { TableDefinition } from '../../table.ts';

export default {
  help: 'Protection that a server policy applies to its connections',
  area: 'wafgrp',
  key: nameKey(),
  members: {
    'ip-list-policy': reference({
      help: 'Addresses to exempt, to refuse or alone to let in',
      tables: ['waf ip-list'],
    }),
    'application-layer-dos-prevention': reference({
      help: 'Guard against denial of service',
      tables: ['waf application-layer-dos-prevention'],
    }),
    comment: text({ help: 'A note for other administrators', maximum: 199 }),
  },
} satisfies TableDefinition;
