import { nameKey, numberKey } from '../key.ts';
import { addressRanges } from '../kinds/addresses/address-ranges.ts';
import { choice } from '../kinds/choices/choice.ts';
import { severity } from '../kinds/choices/severity.ts';
import { integer } from '../kinds/integer.ts';
import { moment } from '../kinds/moment.ts';
import { reference } from '../kinds/reference.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Exempt, refuse or alone let in some client addresses',
  area: 'wafgrp',
  key: nameKey(),
  members: {
    action: choice({
      help: 'What happens to a connection of an address that is not let in',
      choices: {
        alert_deny: 'Reset it and report it',
        'block-period': 'Reset it, report it and block its source for block-period seconds',
        deny_no_log: 'Reset it without a record',
      },
      default: 'alert_deny',
    }),
    'block-period': integer({
      help: 'How long action block-period blocks a source',
      minimum: 1,
      maximum: 600,
      default: 60,
      unit: 'seconds',
    }),
    severity: severity(),
    'trigger-policy': reference({
      help: 'Who is told of a violation',
      tables: ['log trigger-policy'],
    }),
    members: {
      help: 'Addresses of this list; black-ip comes before trust-ip, and that before allow-only-ip',
      key: numberKey(1_000_000),
      members: {
        type: choice({
          help: 'What becomes of these addresses',
          choices: {
            'trust-ip': 'They are let in whatever they hold, and counted',
            'black-ip': 'They are refused',
            'allow-only-ip': 'They are let in, under the limits of the rule, and nobody else but trust-ip',
          },
          default: 'trust-ip',
        }),
        ip: addressRanges({
          help: 'Addresses, prefixes and ranges, with commas between them',
          required: true,
        }),
        expires: moment({ help: 'When this is over; without it, never', extension: true }),
      },
    },
  },
} satisfies TableDefinition;
