import { nameKey } from '../../key.ts';
import { choice } from '../../kinds/choices/choice.ts';
import { integer } from '../../kinds/integer.ts';
import type { TableDefinition } from '../../table.ts';

export default {
  help: 'Your own services',
  area: 'traroutegrp',
  key: nameKey(),
  members: {
    port: integer({ help: 'TCP port', minimum: 1, maximum: 65535, required: true }),
    protocol: choice({ help: 'Transport protocol', choices: { TCP: 'TCP' }, default: 'TCP' }),
  },
} satisfies TableDefinition;
