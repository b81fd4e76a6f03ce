import { nameKey } from '../../key.ts';
import type { TableDefinition } from '../../table.ts';
import custom from './custom.ts';

export default {
  help: 'Services that are always there',
  area: 'traroutegrp',
  key: nameKey(),
  readOnly: true,
  members: custom.members,
  predefined: { HTTP: { port: 80 }, HTTPS: { port: 443 } },
} satisfies TableDefinition;
