import { nameKey, numberKey } from '../key.ts';
import { address } from '../kinds/address.ts';
import { choice, toggle } from '../kinds/choice.ts';
import { integer } from '../kinds/integer.ts';
import { text } from '../kinds/text.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Servers that answer the connections of a policy',
  area: 'traroutegrp',
  key: nameKey(),
  members: {
    'server-balance': toggle({
      help: 'Spread connections over all members in turn; disable = only the first member',
      default: 'disable',
    }),
    comment: text({ help: 'A note for other administrators', maximum: 199 }),
    'pserver-list': {
      help: 'Members of this server pool',
      key: numberKey(),
      members: {
        ip: address({ help: 'Address of the server', required: true }),
        port: integer({ help: 'TCP port of the server', minimum: 1, maximum: 65535, default: 80 }),
        status: choice({
          help: 'Whether the server takes connections',
          choices: {
            enable: 'It takes connections',
            disable: 'It takes none, and those that it has are reset',
            maintain: 'It takes none, and those that it has live on',
          },
          default: 'enable',
        }),
      },
    },
  },
} satisfies TableDefinition;
