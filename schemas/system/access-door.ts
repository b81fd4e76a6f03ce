import { nameKey } from '../key.ts';
import { address, addressWithLength } from '../kinds/addresses/address.ts';
import { hostName } from '../kinds/addresses/host-name.ts';
import { choice, toggle } from '../kinds/choices/choice.ts';
import { integer } from '../kinds/integer.ts';
import { list } from '../kinds/list.ts';
import { text } from '../kinds/text.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Doors: ways for administrators to come in over the network',
  area: 'sysgrp',
  ofNode: true,
  key: nameKey(),
  members: {
    status: toggle({ help: 'Open the door', default: 'disable', extension: true }),
    type: choice({
      help: 'What is spoken there',
      choices: {
        ssh: 'SSH: the prompt, single commands, and the configuration as a file',
        http: 'The API over HTTP, for programs with a token',
        page: 'The page over HTTP, for administrators with a browser',
        metrics: 'HTTP for whoever watches Levee: /metrics, /healthz and /readyz, without a login',
      },
      default: 'ssh',
      extension: true,
    }),
    address: address({
      help: 'Address of this machine that it is open on; 0.0.0.0 for all of IPv4, :: for all of IPv6',
      default: '127.0.0.1',
      extension: true,
    }),
    port: integer({
      help: 'Port that it is open on; 0 = the one of "config system global" for its type',
      minimum: 0,
      maximum: 65535,
      default: 0,
      extension: true,
    }),
    trusthostv4: list(
      addressWithLength({
        help: 'IPv4 addresses that may come to it; 0.0.0.0/0 = any',
        family: 'ipv4',
        extension: true,
      }),
      { maximum: 16, default: ['0.0.0.0/0'] },
    ),
    trusthostv6: list(
      addressWithLength({
        help: 'IPv6 addresses that may come to it; ::/0 = any',
        family: 'ipv6',
        extension: true,
      }),
      { maximum: 16, default: ['::/0'] },
    ),
    tls: toggle({
      help: 'Whether HTTP is spoken over TLS',
      default: 'disable',
      extension: true,
    }),
    'certificate-file': text({
      help: 'Certificate for TLS, with those between it and its authority, in PEM; without it Levee makes one of its own',
      maximum: 1023,
      namesFile: true,
      extension: true,
    }),
    'key-file': text({
      help: 'Private key of the certificate, in PEM',
      maximum: 1023,
      namesFile: true,
      extension: true,
    }),
    'host-names': list(
      hostName({
        help: 'Names by which it may be called over HTTP, besides its addresses; others are refused, since a page of theirs could be behind them',
        maximum: 253,
        extension: true,
      }),
      { maximum: 16 },
    ),
    banner: text({
      help: 'What it says over SSH to whoever comes, before they log in',
      maximum: 2000,
      extension: true,
    }),
  },
  limit: 16,
} satisfies TableDefinition;
