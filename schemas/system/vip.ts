import { nameKey } from '../key.ts';
import { addressWithLength } from '../kinds/addresses/address.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Virtual IP addresses; 0.0.0.0/32 and ::/128 stand for every address',
  area: 'sysgrp',
  ofNode: true,
  key: nameKey(),
  members: {
    vip: addressWithLength({ help: 'IPv4 address; 0.0.0.0/0 = none', family: 'ipv4', default: '0.0.0.0/0' }),
    vip6: addressWithLength({ help: 'IPv6 address; ::/0 = none', family: 'ipv6', default: '::/0' }),
  },
} satisfies TableDefinition;
