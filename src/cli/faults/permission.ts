import type { Span } from '../../../grammar/statement.ts';
import type { Table } from '../../../schemas/table.ts';
import {
  allows,
  mayRead,
  mayWrite,
  type Permissions,
  type Requirement,
  requirementText,
} from '../../access/permissions.ts';
import type { Fault } from './problem.ts';

type Holder = { readonly permissions: Permissions };

/** Why a requirement is not met, if so. */
export function missingPermission(
  { permissions }: Holder,
  required: Requirement,
  span?: Span,
): Fault | undefined {
  if (allows(permissions, required)) return undefined;
  return { error: 'permission', word: required.area, span, expected: requirementText(required) };
}

/** Why a table can't be shown, if so. */
export function unreadable(holder: Holder, { area }: Table, span?: Span): Fault | undefined {
  return missingPermission(holder, { area, access: 'r' }, span);
}

/** Why a table can't be changed, if so. */
export function unwritable(holder: Holder, { area }: Table, span?: Span): Fault | undefined {
  return missingPermission(holder, { area, access: 'w' }, span);
}

/** Why a table can't even be entered, if so. */
export function closedTo(holder: Holder, table: Table, span?: Span): Fault | undefined {
  return mayWrite(holder.permissions, table.area) ? undefined : unreadable(holder, table, span);
}

export function canRead({ permissions }: Holder, { area }: Table): boolean {
  return mayRead(permissions, area);
}
