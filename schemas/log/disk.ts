import { choice, toggle } from '../kinds/choices/choice.ts';
import { logSeverity } from '../kinds/choices/log-severity.ts';
import { integer } from '../kinds/integer.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Log files of this machine: attack.log, event.log and traffic.log',
  area: 'loggrp',
  members: {
    status: toggle({ help: 'Write log files', default: 'enable' }),
    severity: logSeverity({ help: 'Least severe level of records that are written', default: 'information' }),
    diskfull: choice({
      help: 'What happens when the disk is full',
      choices: {
        overwrite: 'Old log files make room, those of the traffic log first',
        nolog: 'Nothing is written until there is room again',
      },
      default: 'overwrite',
    }),
    'max-log-file-size': integer({
      help: 'Size at which a log file is put aside and a new one begun',
      minimum: 1,
      maximum: 1000,
      default: 100,
      unit: 'MB',
      extension: true,
      ofNode: true,
    }),
    'max-log-files': integer({
      help: 'Files of each log that are kept aside; the oldest goes',
      minimum: 1,
      maximum: 99,
      default: 4,
      extension: true,
      ofNode: true,
    }),
  },
} satisfies TableDefinition;
