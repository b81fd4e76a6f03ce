import { nameKey } from '../key.ts';
import { mailAddress } from '../kinds/addresses/mail-address.ts';
import { server } from '../kinds/addresses/server.ts';
import { choice, toggle } from '../kinds/choices/choice.ts';
import { logSeverity } from '../kinds/choices/log-severity.ts';
import { integer } from '../kinds/integer.ts';
import { sealedSecret } from '../kinds/secrets/sealed-secret.ts';
import { text } from '../kinds/text.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Who gets mail, and through which server',
  area: 'loggrp',
  key: nameKey(),
  members: {
    mailfrom: mailAddress({ help: 'Sender of the mail', required: true }),
    mailto1: mailAddress({ help: 'First recipient', required: true }),
    mailto2: mailAddress({ help: 'Second recipient' }),
    mailto3: mailAddress({ help: 'Third recipient' }),
    'smtp-server': server({ help: 'Server that takes the mail', required: true }),
    'smtp-port': integer({ help: 'TCP port of the server', minimum: 1, maximum: 65535, default: 25 }),
    'smtp-auth': toggle({ help: 'Log in at the server', default: 'disable' }),
    'smtp-username': text({ help: 'Name to log in with', maximum: 255 }),
    'smtp-password': sealedSecret({
      help: 'Password to log in with; to be set again with the server, port, name or encryption',
      givenFor: ['smtp-server', 'smtp-port', 'smtp-username', 'connection-security', 'verify-certificate'],
      usedBy: 'smtp-auth',
    }),
    severity: logSeverity({ help: 'Least severe level of records that are mailed', default: 'alert' }),
    interval: integer({
      help: 'Minutes that records are collected for one mail, with send-email-based-on-interval-time',
      minimum: 1,
      maximum: 1440,
      default: 1,
      unit: 'minutes',
    }),
    'connection-security': choice({
      help: 'Encryption on the way to the server',
      choices: {
        NONE: 'No encryption',
        STARTTLS: 'Begin in clear and switch to TLS; without it nothing is sent',
        'SSL/TLS': 'TLS from the start',
      },
      default: 'NONE',
    }),
    'send-email-based-on-interval-time': toggle({
      help: 'Collect records for interval minutes; disable = send at once',
      default: 'disable',
    }),
    'verify-certificate': toggle({
      help: 'With STARTTLS and SSL/TLS, send only to a server whose certificate is valid for its name',
      default: 'enable',
      extension: true,
    }),
  },
} satisfies TableDefinition;
