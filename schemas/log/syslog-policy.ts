import { facilities } from '../../src/events/facilities.ts';
import { nameKey, numberKey } from '../key.ts';
import { server } from '../kinds/addresses/server.ts';
import { choice, toggle } from '../kinds/choices/choice.ts';
import { integer } from '../kinds/integer.ts';
import { certificates } from '../kinds/secrets/certificates.ts';
import { sealedSecret } from '../kinds/secrets/sealed-secret.ts';
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
            tcp: 'A connection (RFC 6587)',
            tls: 'An encrypted connection (RFC 5425)',
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
        framing: choice({
          help: 'With tcp and tls, where a record ends',
          choices: {
            'octet-counting': 'Its length stands before it (RFC 6587, 3.4.1)',
            newline: 'A newline stands behind it (RFC 6587, 3.4.2)',
          },
          default: 'octet-counting',
          extension: true,
        }),
        header: choice({
          help: 'What stands before a record',
          choices: {
            rfc5424: 'Version, time in UTC, host, levee, and the kind of record (RFC 5424)',
            rfc3164: 'Local time without a year, host, and levee (RFC 3164)',
          },
          default: 'rfc5424',
          extension: true,
        }),
        facility: choice({
          help: 'Facility of the records',
          choices: Object.fromEntries(facilities.map((name) => [name, name])),
          default: 'local7',
        }),
        ca: certificates({
          help: 'With tls, the only authorities that may have signed the certificate of the server; without it those that this machine trusts',
          extension: true,
        }),
        certificate: certificates({
          help: 'With tls, the certificate that Levee shows to a server that asks for one, with those between it and its authority',
          extension: true,
        }),
        'private-key': sealedSecret({
          help: 'Private key of certificate, in PEM',
          givenFor: [],
          usedBy: 'certificate',
          maximum: 4096,
          extension: true,
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
