import type { Catalogue } from '../../../schemas/catalogue.ts';
import type { RowId } from '../../../schemas/content.ts';
import { areas } from '../../../schemas/table.ts';
import type { Account } from '../../access/account.ts';
import { mayComeFrom } from '../../access/authentication.ts';
import { allows, type Permissions } from '../../access/permissions.ts';
import { trustIn } from '../../access/trusted-hosts.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { Draft } from '../../store/draft.ts';
import type { Row, View } from '../../store/view.ts';
import type { Whence } from '../../system/login.ts';
import { quote } from '../../text/quote.ts';
import { doorNow, placeOfDoor } from '../access-door.ts';
import { accountOf } from '../account.ts';
import type { Model } from '../model.ts';

const [administrators, programs, profiles, doors, global] = [
  'system admin',
  'system api-token',
  'system accprofile',
  'system access-door',
  'system global',
];
const tables: ReadonlySet<string> = new Set([administrators, programs, profiles, doors, global]);

type Author = Pick<Model, 'catalogue' | 'administrator' | 'from'>;

/**
 * What a draft takes from its own author, a line each: their account, what it may do, and the way by which they came in.
 * It is as well meant as any change, and seldom wanted.
 */
export function ownLosses(author: Author, draft: Draft): readonly string[] {
  const { administrator } = author;
  if (administrator === null || ![...draft.changes].some(({ table }) => tables.has(table))) return [];
  const [before, after] = [accountOf(draft.base, administrator), accountOf(draft, administrator)];
  if (before === undefined) return [];
  if (after === undefined) return [`your own account ${quote(before.name)} goes, and this session ends`];
  const lost = lostPermissions(before.permissions, after.permissions);
  const { doorRow, address } = author.from;
  const credential = lostCredential(author.from, before, after);
  const mayReturn = mayComeFrom(after, address) || !mayComeFrom(before, address);
  return [
    ...(lost === '' ? [] : [`your own account loses ${lost}`]),
    ...(credential === '' ? [] : [`your own account loses ${credential} with which you came`]),
    ...(mayReturn ? [] : [`your own account is no longer trusted at ${address}, where you are`]),
    ...(doorRow === null || address === null ? [] : lostDoor(author.catalogue, draft, doorRow, address)),
  ];
}

/** What lets nobody in any more, where somebody has come with it. */
function lostCredential({ door, key }: Whence, before: Account, after: Account): string {
  if (key !== null) return before.keys.includes(key) && !after.keys.includes(key) ? 'the key' : '';
  return door !== null && before.password !== undefined && after.password === undefined ? 'the password' : '';
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

/** What becomes of the door by which somebody has come: it shuts, is to be found elsewhere, or takes others only. */
function lostDoor(catalogue: Catalogue, draft: Draft, row: RowId, address: string): string[] {
  const before = draft.base.row(row);
  const place = before && openAt(catalogue, draft.base, before);
  if (before === undefined || place === undefined) return [];
  const said = (what: string): string[] => [`door ${quote(before.key)}, through which you came, ${what}`];
  const after = doorNow(draft, { row, name: before.key });
  const placeAfter = after && openAt(catalogue, draft, after);
  if (after === undefined || placeAfter === undefined) return said('shuts');
  if (placeAfter !== place) return said(`is open on ${placeAfter} then, not on ${place}`);
  const takes = ({ fields }: Row): boolean => trustIn(fields)(address);
  return takes(after) || !takes(before) ? [] : said(`no longer takes ${address}, where you are`);
}

/** Where a configuration opens a door; undefined: it does not. */
function openAt(catalogue: Catalogue, view: View, door: Row): string | undefined {
  if (catalogue.get(doors).inForce(door.fields, 'status') !== 'enable') return undefined;
  return endpointText(placeOfDoor(catalogue, view, door));
}
