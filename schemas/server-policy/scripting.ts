import { plainNameKey } from '../key.ts';
import { script } from '../kinds/script.ts';
import { text } from '../kinds/text.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Lua scripts that take part in the connections of a policy',
  area: 'traroutegrp',
  key: plainNameKey(),
  members: {
    script: script({
      help: 'The text: blocks "when EVENT { Lua }"; a script with a syntax error is not taken',
      maximum: 65_536,
      required: true,
    }),
    comment: text({ help: 'A note for other administrators', maximum: 999 }),
  },
} satisfies TableDefinition;
