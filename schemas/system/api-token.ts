import { nameKey } from '../key.ts';
import { addressWithLength } from '../kinds/addresses/address.ts';
import { list } from '../kinds/list.ts';
import { moment } from '../kinds/moment.ts';
import { reference } from '../kinds/reference.ts';
import { token } from '../kinds/secrets/token.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Tokens by which programs come in through a door of type http',
  area: 'admingrp',
  key: nameKey(),
  members: {
    'access-profile': reference({
      help: 'What the program may see and change',
      tables: ['system accprofile'],
      spellings: ['accprofile'],
      required: true,
      extension: true,
    }),
    secret: token({ help: 'What the program shows; without it nobody comes in', extension: true }),
    expires: moment({ help: 'When it ends; without it, never', credential: true, extension: true }),
    trusthostv4: list(
      addressWithLength({
        help: 'IPv4 addresses from which the program may come; 0.0.0.0/0 = any',
        family: 'ipv4',
        extension: true,
      }),
      { maximum: 16, default: ['0.0.0.0/0'] },
    ),
    trusthostv6: list(
      addressWithLength({
        help: 'IPv6 addresses from which the program may come; ::/0 = any',
        family: 'ipv6',
        extension: true,
      }),
      { maximum: 16, default: ['::/0'] },
    ),
  },
  limit: 256,
} satisfies TableDefinition;
