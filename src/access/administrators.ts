import type { Permissions } from './permissions.ts';

export type Administrator = {
  /** Id of the row, which stays through a rename. */
  readonly row: number;
  readonly name: string;
  readonly permissions: Permissions;
};

/** Why a commit must not be: it takes away who could undo it. */
export type AdministratorsObjection = {
  /** The last ones who could manage administrators. */
  readonly last: readonly Administrator[];
  readonly reason: string;
};

/** May manage administrators and their profiles, and so give himself everything else. */
export function managesAdministrators({ permissions }: Pick<Administrator, 'permissions'>): boolean {
  return permissions.admingrp === 'rw';
}

/**
 * What stands against a change of the accounts, or of the profiles that they name: someone must be left who can
 * manage administrators. A configuration that had nobody before can be changed.
 */
export function administratorsObjection(
  before: readonly Administrator[],
  after: readonly Administrator[],
): AdministratorsObjection | undefined {
  const last = before.filter(managesAdministrators);
  if (last.length === 0 || after.some(managesAdministrators)) return undefined;
  const names = last.map(({ name }) => `"${name}"`).join(', ');
  return { last, reason: `an administrator with rw on admingrp besides ${names}` };
}
