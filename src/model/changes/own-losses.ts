import type { Catalogue } from '../../../schemas/catalogue.ts';
import type { Content } from '../../../schemas/content.ts';
import { areas } from '../../../schemas/table.ts';
import { mayComeFrom } from '../../access/authentication.ts';
import { allows, type Permissions } from '../../access/permissions.ts';
import { isTrusted } from '../../access/trusted-hosts.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { Draft } from '../../store/draft.ts';
import type { Row, View } from '../../store/view.ts';
import { quote } from '../../text/quote.ts';
import { accountOf } from '../account.ts';
import type { Model } from '../model.ts';

const [administrators, profiles, doors, global] = [
  'system admin',
  'system accprofile',
  'system access-door',
  'system global',
];
const tables: ReadonlySet<string> = new Set([administrators, profiles, doors, global]);

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
  const { door, address } = author.from;
  const mayReturn = door === null || mayComeFrom(after, address) || !mayComeFrom(before, address);
  return [
    ...(lost === '' ? [] : [`your own account loses ${lost}`]),
    ...(mayReturn ? [] : [`your own account is no longer trusted at ${address}, where you are`]),
    ...(door === null || address === null ? [] : closingDoors(author.catalogue, draft, door, address)),
  ];
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

/** Doors of one type by which somebody may have come, and that shut, are to be found elsewhere, or take others only. */
function closingDoors(catalogue: Catalogue, draft: Draft, type: string, address: string): string[] {
  const open = doorsOf(catalogue, draft.base, type);
  const after = doorsOf(catalogue, draft, type);
  const through = open.size === 1 ? 'through which you came' : 'through which you may have come';
  return [...open].flatMap(([id, { name, place, trusts }]) => {
    const now = after.get(id);
    const said = (what: string): string[] => [`door ${quote(name)}, ${through}, ${what}`];
    if (now === undefined) return said('shuts');
    if (now.place !== place) return said(`is open on ${now.place} then, not on ${place}`);
    const isTrustedStill = isTrusted(now.trusts, address) || !isTrusted(trusts, address);
    return isTrustedStill ? [] : said(`no longer takes ${address}, where you are`);
  });
}

type OpenDoor = {
  readonly name: string;
  readonly place: string;
  /** Prefixes of those who may come to it. */
  readonly trusts: readonly string[];
};

/** The doors of a type that a configuration opens, by row id. */
function doorsOf(catalogue: Catalogue, view: View, type: string): ReadonlyMap<number, OpenDoor> {
  const inForce = (table: string, row: Row | undefined, field: string): Content | undefined =>
    row?.fields.get(field) ?? catalogue.get(table).fields.get(field)?.meta.default;
  const globalRow = view.find(global, null, '');
  const settings = globalRow === undefined ? undefined : view.row(globalRow);
  const usual = inForce(global, settings, `admin-${type}-port`);
  return new Map(
    view.rows(doors, null).flatMap((row): [number, OpenDoor][] => {
      const [status, kind, address, port] = ['status', 'type', 'address', 'port'].map((field) =>
        inForce(doors, row, field),
      );
      if (status !== 'enable' || kind !== type) return [];
      const place = endpointText({ address: String(address), port: Number(port) || Number(usual) });
      const trusts = ['trusthostv4', 'trusthostv6'].flatMap((field) =>
        [inForce(doors, row, field) ?? []].flat(),
      );
      return [[row.id, { name: row.key, place, trusts: trusts.map(String) }]];
    }),
  );
}
