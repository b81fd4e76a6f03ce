import { type Administrator, administratorsObjection } from '../../access/administrators.ts';
import { permissionsOf } from '../../model/account.ts';
import type { Draft } from '../../store/draft.ts';
import type { View } from '../../store/view.ts';
import type { Objection } from '../../system/configuration.ts';

const administrators = 'system admin';
const profiles = 'system accprofile';

/** What stands against a draft over a configuration: nobody would be left who can manage administrators. */
export function lastAdministrators(view: View, draft: Draft): Objection[] {
  const touches = [...draft.changes].some(({ table }) => table === administrators || table === profiles);
  if (!touches) return [];
  const objection = administratorsObjection(administratorsOf(view), administratorsOf(draft));
  if (objection === undefined) return [];
  const { last, reason } = objection;
  return last.map(({ row, name }) => ({ error: 'last-administrator', row, name, reason }));
}

function administratorsOf(view: View): Administrator[] {
  return view
    .rows(administrators, null)
    .map(({ id, key }) => ({ row: id, name: key, permissions: permissionsOf(view, id) }));
}
