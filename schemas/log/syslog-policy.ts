import { nameKey, numberKey } from '../key.ts';
import { choice, toggle } from '../kinds/choice.ts';
import { integer } from '../kinds/integer.ts';
import { server } from '../kinds/server.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Syslog servers that get log records',
  area: 'loggrp',
  key: nameKey(),
  members: {
    'syslog-server-list': {
      help: 'Servers; each gets every record',
      key: numberKey(),
      limit: 3,
      members: {
        server: server({ help: 'Syslog server', required: true }),
        port: integer({ help: 'Port of the server', minimum: 1, maximum: 65535, default: 514 }),
        proto: choice({
          help: 'How records get there',
          choices: {
            udp: 'One datagram for each record (RFC 5426)',
            tcp: 'A connection, each record behind its length (RFC 6587)',
            tls: 'An encrypted connection, each record behind its length (RFC 5425)',
          },
          default: 'udp',
        }),
        format: choice({
          help: 'How a record is written',
          choices: {
            default: 'key=value, as in the log files',
            cef: 'Common Event Format, version 0',
            csv: 'key=value, separated by commas (RFC 4180)',
            json: 'A JSON object',
          },
          default: 'default',
        }),
        'verify-certificate': toggle({
          help: 'With tls, send only to a server whose certificate is valid for its name',
          default: 'enable',
          extension: true,
        }),
      },
    },
  },
} satisfies TableDefinition;
