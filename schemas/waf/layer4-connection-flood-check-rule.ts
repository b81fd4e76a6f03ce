import { nameKey } from '../key.ts';
import { choice } from '../kinds/choices/choice.ts';
import { severity } from '../kinds/choices/severity.ts';
import { integer } from '../kinds/integer.ts';
import { reference } from '../kinds/reference.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Limit the fully formed TCP connections of each source address',
  area: 'wafgrp',
  key: nameKey(),
  members: {
    'layer4-connection-threshold': integer({
      help: 'Connections that one source may hold; 0 = no limit',
      minimum: 0,
      maximum: 65536,
      default: 0,
    }),
    action: choice({
      help: 'What happens to a connection above the threshold',
      choices: {
        alert: 'Accept it and report it',
        alert_deny: 'Reset it and report it',
        'block-period': 'Reset it, report it and block its source for block-period seconds',
        deny_no_log: 'Reset it without a record',
      },
      default: 'alert',
    }),
    'block-period': integer({
      help: 'How long action block-period blocks a source',
      minimum: 1,
      maximum: 3600,
      default: 600,
      unit: 'seconds',
    }),
    severity: severity(),
    'trigger-policy': reference({
      help: 'Who is told of a violation',
      tables: ['log trigger-policy'],
    }),
    'source-prefix-v4': integer({
      help: 'IPv4 addresses that share this many leading bits are one source',
      minimum: 0,
      maximum: 32,
      default: 32,
      unit: 'bits',
      extension: true,
    }),
    'source-prefix-v6': integer({
      help: 'IPv6 addresses that share this many leading bits are one source',
      minimum: 0,
      maximum: 128,
      default: 64,
      unit: 'bits',
      extension: true,
    }),
    'silent-connection-threshold': integer({
      help: 'Connections on which the client has sent nothing that one source may hold, at each node of a cluster; 0 = no limit',
      minimum: 0,
      maximum: 65536,
      default: 0,
      extension: true,
    }),
    'silent-after': integer({
      help: 'How long a client may send nothing before its connection is a silent one',
      minimum: 1,
      maximum: 3600,
      default: 10,
      unit: 'seconds',
      extension: true,
    }),
  },
} satisfies TableDefinition;
