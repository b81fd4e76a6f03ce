import { areas } from '../../../schemas/table.ts';
import { allows, type Permissions } from '../../access/permissions.ts';
import type { Draft } from '../../store/draft.ts';
import { quote } from '../../text/quote.ts';
import { accountOf } from '../account.ts';
import type { Model } from '../model.ts';

const tables: ReadonlySet<string> = new Set(['system admin', 'system accprofile']);

/** What a draft takes from its own author, a line each: it is as well meant as any change, and seldom wanted. */
export function ownLosses({ administrator }: Pick<Model, 'administrator'>, draft: Draft): readonly string[] {
  if (administrator === null || ![...draft.changes].some(({ table }) => tables.has(table))) return [];
  const [before, after] = [accountOf(draft.base, administrator), accountOf(draft, administrator)];
  if (before === undefined) return [];
  if (after === undefined) return [`your own account ${quote(before.name)} goes, and this session ends`];
  const lost = lostPermissions(before.permissions, after.permissions);
  return lost === '' ? [] : [`your own account loses ${lost}`];
}

/** `rw on mntgrp, sysgrp; w on admingrp`. */
function lostPermissions(before: Permissions, after: Permissions): string {
  const lost = areas.flatMap((area) => {
    const grant = (['r', 'w'] as const)
      .filter((access) => allows(before, { area, access }) && !allows(after, { area, access }))
      .join('');
    return grant === '' ? [] : [{ area, grant }];
  });
  return [...Map.groupBy(lost, ({ grant }) => grant)]
    .map(([grant, of]) => `${grant} on ${of.map(({ area }) => area).join(', ')}`)
    .join('; ');
}
