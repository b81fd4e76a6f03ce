import { nameKey, numberKey } from '../key.ts';
import { interfaceName } from '../kinds/addresses/interface-name.ts';
import { toggle } from '../kinds/choices/choice.ts';
import { reference } from '../kinds/reference.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Virtual server: the addresses that a policy listens on',
  area: 'traroutegrp',
  key: nameKey(),
  earlier: {
    status: { table: 'vip-list', field: 'status' },
    interface: { table: 'vip-list', field: 'interface' },
    'use-interface-ip': { table: 'vip-list', field: 'use-interface-ip' },
    vip: { table: 'vip-list', field: 'vip', valueIn: 'vip' },
    vip6: { table: 'vip-list', field: 'vip', valueIn: 'vip6' },
  },
  members: {
    'vip-list': {
      help: 'Virtual IP addresses of this virtual server',
      key: numberKey(),
      members: {
        interface: interfaceName({
          help: 'With use-interface-ip enable: interface whose addresses to listen on',
          requiredWhere: { field: 'use-interface-ip', is: ['enable'] },
        }),
        status: toggle({ help: 'Listen on this address', default: 'enable' }),
        'use-interface-ip': toggle({
          help: 'Listen on the addresses that system interface gives for interface, not on a virtual IP',
          default: 'disable',
        }),
        vip: reference({
          help: 'With use-interface-ip disable: virtual IP to listen on',
          tables: ['system vip'],
          requiredWhere: { field: 'use-interface-ip', is: ['disable'] },
        }),
      },
    },
  },
} satisfies TableDefinition;
