import { nameKey } from '../key.ts';
import { address } from '../kinds/address.ts';
import { choice, toggle } from '../kinds/choice.ts';
import { integer } from '../kinds/integer.ts';
import { text } from '../kinds/text.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Doors: ways for administrators to come in over the network',
  area: 'sysgrp',
  key: nameKey(),
  members: {
    status: toggle({ help: 'Open the door', default: 'disable', extension: true }),
    type: choice({
      help: 'What is spoken there',
      choices: { ssh: 'SSH: the prompt, single commands, and the configuration as a file' },
      default: 'ssh',
      extension: true,
    }),
    address: address({
      help: 'Address of this machine that it is open on; 0.0.0.0 or :: = all of them',
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
    banner: text({
      help: 'What it says to whoever comes, before they log in',
      maximum: 2000,
      extension: true,
    }),
  },
  limit: 16,
} satisfies TableDefinition;
