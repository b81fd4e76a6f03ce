import { nameKey, numberKey } from '../key.ts';
import { address } from '../kinds/addresses/address.ts';
import { hostName } from '../kinds/addresses/host-name.ts';
import { choice, toggle } from '../kinds/choices/choice.ts';
import { integer } from '../kinds/integer.ts';
import { reference } from '../kinds/reference.ts';
import { text } from '../kinds/text.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Servers that answer the connections of a policy',
  area: 'traroutegrp',
  key: nameKey(),
  members: {
    'server-balance': toggle({
      help: 'Spread connections over all members; disable = only the first member',
      default: 'disable',
    }),
    health: reference({
      help: 'Checks that say which members are up; without them all are',
      tables: ['server-policy health'],
    }),
    'lb-algo': choice({
      help: 'Which member takes a connection, with server-balance',
      choices: {
        'round-robin': 'Each in turn',
        'weighted-round-robin': 'Each in turn, as often as its weight says',
        'least-connections': 'The one that has the fewest connections for its weight',
        'src-ip-hash': 'The same one for the same client address, each for a share as its weight says',
      },
      default: 'round-robin',
    }),
    comment: text({ help: 'A note for other administrators', maximum: 199 }),
    'pserver-list': {
      help: 'Members of this server pool',
      key: numberKey(),
      members: {
        'server-type': choice({
          help: 'How the server is known',
          choices: {
            physical: 'By its address, ip',
            domain:
              'By its name, domain, which is looked up every 30 seconds; of several addresses it keeps one for as long as the name has it',
          },
          default: 'physical',
        }),
        ip: address({
          help: 'Address of the server, with server-type physical',
          requiredWhere: { field: 'server-type', is: ['physical'] },
        }),
        domain: hostName({
          help: 'Name of the server, with server-type domain',
          maximum: 253,
          requiredWhere: { field: 'server-type', is: ['domain'] },
        }),
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
        weight: integer({
          help: 'Its share of the connections beside the weights of others, where lb-algo goes by weight',
          minimum: 1,
          maximum: 9999,
          default: 1,
        }),
        'backup-server': toggle({
          help: 'Take connections only while no other member can',
          default: 'disable',
        }),
        'conn-limit': integer({
          help: 'Connections that it may have at once, of all policies together; 0 = no limit',
          minimum: 0,
          maximum: 1048576,
          default: 0,
        }),
        recover: integer({
          help: 'Time that it waits for connections after its checks pass again',
          minimum: 0,
          maximum: 86400,
          default: 0,
          unit: 'seconds',
        }),
        'warm-up': integer({
          help: 'Time after that in which it takes warm-rate new connections a second at most',
          minimum: 0,
          maximum: 86400,
          default: 0,
          unit: 'seconds',
        }),
        'warm-rate': integer({
          help: 'New connections in each second of warm-up',
          minimum: 1,
          maximum: 86400,
          default: 10,
        }),
        'health-check-inherit': toggle({
          help: 'Use the checks of the pool; disable = those of this member, or none',
          default: 'enable',
        }),
        health: reference({
          help: 'Checks of this member, with health-check-inherit disable',
          tables: ['server-policy health'],
        }),
        'proxy-protocol': toggle({
          help: 'Announce the client to the server, at the start of each connection',
          default: 'disable',
        }),
        'proxy-protocol-version': choice({
          help: 'Form of the announcement',
          choices: { v1: 'A line of text', v2: 'Binary' },
          default: 'v1',
        }),
      },
    },
  },
} satisfies TableDefinition;
