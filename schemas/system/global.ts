import { hostName } from '../kinds/addresses/host-name.ts';
import { integer } from '../kinds/integer.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Settings of the whole system',
  area: 'sysgrp',
  members: {
    hostname: hostName({
      help: 'Name in the prompt and in log records',
      maximum: 63,
      default: 'Levee',
      ofNode: true,
    }),
    admintimeout: integer({
      help: 'Minutes without a command after which a session ends',
      minimum: 1,
      maximum: 480,
      default: 5,
      unit: 'minutes',
    }),
    'admin-lockout-threshold': integer({
      help: 'Wrong passwords for one name after which whoever gives them has to wait',
      minimum: 1,
      maximum: 10,
      default: 3,
    }),
    'admin-lockout-duration': integer({
      help: 'Minutes that wrong passwords count, and that an address on another machine is shut out',
      minimum: 1,
      maximum: 1440,
      default: 3,
      unit: 'minutes',
    }),
    'admin-ssh-port': integer({
      help: 'Port of doors of type ssh that name none',
      minimum: 1,
      maximum: 65535,
      default: 2222,
      extension: true,
      ofNode: true,
    }),
    'admin-http-port': integer({
      help: 'Port of doors of type http that name none',
      minimum: 1,
      maximum: 65535,
      default: 8443,
      extension: true,
      ofNode: true,
    }),
    'admin-page-port': integer({
      help: 'Port of doors of type page that name none',
      minimum: 1,
      maximum: 65535,
      default: 9443,
      extension: true,
      ofNode: true,
    }),
    'admin-metrics-port': integer({
      help: 'Port of doors of type metrics that name none',
      minimum: 1,
      maximum: 65535,
      default: 9464,
      extension: true,
      ofNode: true,
    }),
    'revision-limit': integer({
      help: 'Revisions that are kept; when there are more, the oldest is forgotten',
      minimum: 1,
      maximum: 100_000,
      default: 1000,
      extension: true,
    }),
  },
} satisfies TableDefinition;
