import type { FieldSchema } from '../field.ts';
import { nameKey } from '../key.ts';
import { choice } from '../kinds/choices/choice.ts';
import { type Area, areas, type TableDefinition } from '../table.ts';

/** What each area guards. */
const guarded: Readonly<Record<Area, string>> = {
  mntgrp: 'Maintenance: diagnose system, execute revision',
  admingrp: 'Administrators: system accprofile, system admin, system api-token',
  sysgrp: 'System: all other tables of system',
  netgrp: 'Network: system interface',
  loggrp: 'Logs: all tables of log',
  authusergrp: 'Users: nothing in Levee, as profiles of a FortiWeb have it',
  traroutegrp: 'Services: all tables of server-policy, diagnose policy',
  wafgrp: 'Protection: all tables of waf',
  filegrp: 'Files that a command names, where it runs: save, import, execute scripting load and replay',
};

const choices = {
  none: 'Neither see it nor change it',
  r: 'See it',
  w: 'Change it, but not see it',
  rw: 'See it and change it',
};

/** Of an area without tables. */
const fileChoices = {
  none: 'Name no file',
  r: 'Have files read',
  w: 'Have files written',
  rw: 'Have files read and written',
};

function forEachArea<T>(make: (area: Area) => T): Record<string, T> {
  return Object.fromEntries(areas.map((area) => [area, make(area)]));
}

export default {
  help: 'What administrators may see and change',
  area: 'admingrp',
  key: nameKey(),
  members: forEachArea<FieldSchema>((area) =>
    area === 'filegrp'
      ? choice({ help: guarded[area], choices: fileChoices, default: 'none', extension: true })
      : choice({ help: guarded[area], choices, default: 'none' }),
  ),
  predefined: { prof_admin: forEachArea(() => 'rw') },
} satisfies TableDefinition;
