import { type Area, areas } from '../../schemas/table.ts';

/** What one area grants: reading, writing, both or neither. */
export type Grant = 'none' | 'r' | 'w' | 'rw';

/** What an access profile allows. */
export type Permissions = Readonly<Record<Area, Grant>>;

/** What something asks of the permissions of whoever wants it. */
export type Requirement = { readonly area: Area; readonly access: 'r' | 'w' };

/**
 * What a command of `execute` or `diagnose` asks. Of FortiWeb's commands: `diagnose policy` traroutegrp; `diagnose
 * system`, `execute backup`, `restore`, `reboot` and `shutdown` mntgrp; `diagnose network` netgrp; `execute
 * formatlogdisk` loggrp; `diagnose hardware`, `execute date`, `ping`, `time` and `traceroute` sysgrp. `r` where it
 * only shows, `w` where it changes or stops something. `by-table`: what the tables that its words name ask for `r`.
 */
export type OperationRequirement = Requirement | 'by-table';

const grants: readonly Grant[] = ['none', 'r', 'w', 'rw'];

function isGrant(value: unknown): value is Grant {
  return grants.some((grant) => grant === value);
}

function forEachArea(grantOf: (area: Area) => Grant): Permissions {
  return {
    mntgrp: grantOf('mntgrp'),
    admingrp: grantOf('admingrp'),
    sysgrp: grantOf('sysgrp'),
    netgrp: grantOf('netgrp'),
    loggrp: grantOf('loggrp'),
    authusergrp: grantOf('authusergrp'),
    traroutegrp: grantOf('traroutegrp'),
    wafgrp: grantOf('wafgrp'),
    filegrp: grantOf('filegrp'),
  };
}

export const fullPermissions: Permissions = forEachArea(() => 'rw');

export const noPermissions: Permissions = forEachArea(() => 'none');

/** From what is set in a row of `system accprofile`; an area that is not set grants nothing. */
export function readPermissions(fields: ReadonlyMap<string, unknown>): Permissions {
  return forEachArea((area) => {
    const value = fields.get(area);
    return isGrant(value) ? value : 'none';
  });
}

export function mayRead(permissions: Permissions, area: Area): boolean {
  return permissions[area].includes('r');
}

export function mayWrite(permissions: Permissions, area: Area): boolean {
  return permissions[area].includes('w');
}

export function allows(permissions: Permissions, { area, access }: Requirement): boolean {
  return access === 'r' ? mayRead(permissions, area) : mayWrite(permissions, area);
}

/** Whether there is nothing that it does not allow. */
export function mayDoEverything(permissions: Permissions): boolean {
  return areas.every((area) => permissions[area] === 'rw');
}

/** Files that a command names, on the machine where it runs and with the rights of the process that opens them. */
export const readsFiles: Requirement = { area: 'filegrp', access: 'r' };
export const writesFiles: Requirement = { area: 'filegrp', access: 'w' };

/** Whether the session is one that can change anything: its prompt ends in `#`, else in `$`. */
export function mayWriteAnything(permissions: Permissions): boolean {
  return areas.some((area) => mayWrite(permissions, area));
}

/** What is missing, for a person, after "expected" (-37). */
export function requirementText({ area, access }: Requirement): string {
  return `"${access}" or "rw" on ${area} in your access profile`;
}
