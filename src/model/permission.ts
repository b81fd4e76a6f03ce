import type { Table } from '../../schemas/table.ts';
import {
  allows,
  mayRead,
  mayWrite,
  type Permissions,
  type Requirement,
  requirementText,
} from '../access/permissions.ts';
import type { Whence } from '../system/login.ts';
import type { ModelFault } from './fault.ts';

const files: Requirement['area'] = 'filegrp';

/** Whoever came through a door may have no files by name: they are on another machine than those. */
type Holder = { readonly permissions: Permissions; readonly from?: Whence };

/** Why a requirement is not met, if so. */
export function missingPermission(
  { permissions, from }: Holder,
  required: Requirement,
): ModelFault | undefined {
  const door = from?.door ?? null;
  if (required.area === files && door !== null) {
    const expected = `the prompt or a command on the machine that Levee runs on: there are no files by name over ${door}`;
    return { error: 'permission', word: files, expected };
  }
  if (allows(permissions, required)) return undefined;
  return { error: 'permission', word: required.area, expected: requirementText(required) };
}

/** Why a table can't be shown, if so. */
export function unreadable(holder: Holder, { area }: Table): ModelFault | undefined {
  return missingPermission(holder, { area, access: 'r' });
}

/** Why a table can't be changed, if so. */
export function unwritable(holder: Holder, { area }: Table): ModelFault | undefined {
  return missingPermission(holder, { area, access: 'w' });
}

/** Why a table can't even be entered, if so. */
export function closedTo(holder: Holder, table: Table): ModelFault | undefined {
  return mayWrite(holder.permissions, table.area) ? undefined : unreadable(holder, table);
}

export function canRead({ permissions }: Holder, { area }: Table): boolean {
  return mayRead(permissions, area);
}
