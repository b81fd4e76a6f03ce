import { nameKey, numberKey } from '../key.ts';
import { toggle } from '../kinds/choice.ts';
import { reference } from '../kinds/reference.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Virtual server: the addresses that a policy listens on',
  area: 'traroutegrp',
  key: nameKey(),
  members: {
    'vip-list': {
      help: 'Virtual IP addresses of this virtual server',
      key: numberKey(),
      members: {
        vip: reference({ help: 'Virtual IP to listen on', tables: ['system vip'], required: true }),
        status: toggle({ help: 'Listen on this address', default: 'enable' }),
      },
    },
  },
} satisfies TableDefinition;
