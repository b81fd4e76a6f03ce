import { targetsOf } from '../../../../schemas/content.ts';
import type { Draft } from '../../../store/draft.ts';
import type { Row, View } from '../../../store/view.ts';
import type { Configuration, PolicyListening } from '../../../system/configuration.ts';
import { shortened } from '../../../text/shortened.ts';
import type { BatchOptions } from '../../session/session.ts';
import type { LeftOut } from './left-out.ts';

export const policyTable = 'server-policy policy';

/** The most policies that are listed. */
const mostPolicies = 1000;

/** Policies that texts brought, and what became of them. */
export type BroughtPolicies = {
  /** Names of those that were taken. */
  readonly taken: readonly string[];
  /** Those that were not, and why. */
  readonly rejected: ReadonlyMap<string, string>;
  readonly leftOut: LeftOut;
};

/** Keys of the rows of a table that a draft makes or changes. */
export function namesOf(draft: Draft, table: string): string[] {
  const changes = [...draft.changes].filter((change) => change.table === table && !change.deleted);
  return changes.flatMap(({ id }) => draft.row(id)?.key ?? []);
}

/**
 * What to know after a configuration was taken: which policies stand here and which do not, and what they had on another
 * machine that is not here. `draft`: what a check would take. Of texts that are of Levee itself only what lacks an
 * interface is worth a line.
 */
export function* policiesReport(
  configuration: Configuration,
  draft: Draft,
  { check: isCheck, skipUnknown: isForeign }: BatchOptions,
  { taken, rejected, leftOut }: BroughtPolicies,
): Generator<string> {
  const names = taken.filter((name) => !rejected.has(name));
  if (names.length + rejected.size === 0) return;
  const view = isCheck ? draft : configuration.view;
  const listening = configuration.listening(isCheck ? draft : undefined);
  const byRow = new Map(listening.map((one) => [one.row, one]));
  const standing = names.flatMap((name) => {
    const policy = view.row(view.find(policyTable, null, name) ?? 0);
    const found = policy === undefined ? undefined : byRow.get(policy.id);
    return policy === undefined || found === undefined ? [] : [{ policy, ...found }];
  });
  const all = standing.length + rejected.size;
  if (!isForeign && standing.every(({ missing }) => missing.length === 0)) return;
  const listeners = standing.filter(({ places }) => places.length > 0).length;
  yield `policies of these texts that stand: ${listeners} of ${all}`;
  for (const one of standing.slice(0, mostPolicies)) {
    yield `  "${shortened(one.policy.key)}" ${placesText(one, one.policy)}`;
    for (const { name, lost } of lostBy(one.policy, view, leftOut))
      yield `    not here${name}: ${lost.join(', ')}`;
  }
  for (const [name, why] of [...rejected].slice(0, mostPolicies))
    yield `  "${shortened(name)}" was not taken: ${why}`;
  const untold = Math.max(0, standing.length - mostPolicies) + Math.max(0, rejected.size - mostPolicies);
  if (untold > 0) yield `  and ${untold} more`;
  const remedies = new Map(
    standing.flatMap(({ missing }) => missing.map((one) => [one.interface, one.reason] as const)),
  );
  for (const [name, reason] of remedies) yield `interface "${shortened(name)}": ${reason}`;
  if (standing.some(({ policy }) => policy.fields.has('https-service')))
    yield 'https-service: TLS is relayed as it is, and not ended here';
}

function placesText({ places, missing, servers }: PolicyListening, { fields }: Row): string {
  if (fields.get('status') === 'disable') return 'does not stand: it is disabled';
  const lacking = [...new Set(missing.map((one) => `"${shortened(one.interface)}"`))].join(', ');
  const without = lacking === '' ? '' : `no address for interface ${lacking}`;
  if (places.length === 0)
    return `does not stand: ${without === '' ? 'its virtual server has no address' : without}`;
  const parts = [
    `listens on ${places.slice(0, 8).join(', ')}${places.length > 8 ? `, and ${places.length - 8} more` : ''}`,
    ...(without === '' ? [] : [without]),
    ...(servers === 0 ? ['its server pool has no server that takes connections'] : []),
  ];
  return parts.join('; ');
}

type Lost = { readonly name: string; readonly lost: readonly string[] };

/** What is unknown here of a policy, of its servers, and of all that guards it. */
function lostBy(policy: Row, view: View, leftOut: LeftOut): Lost[] {
  const rows = [...reachedFrom(policy, view)];
  return rows.flatMap((row) => {
    const lost = leftOut.of(row.table, row.key);
    const name = row === policy ? '' : ` of ${row.table} "${shortened(row.key)}"`;
    return lost.length === 0 ? [] : [{ name, lost }];
  });
}

/** A row and those that it refers to, directly or by way of others, as far as they guard or serve. */
function reachedFrom(start: Row, view: View): ReadonlySet<Row> {
  const reached = new Map([[start.id, start]]);
  for (const row of reached.values()) {
    for (const id of [...row.fields.values()].flatMap(targetsOf)) {
      const target = view.row(id);
      const counts = target?.table.startsWith('waf ') || target?.table === 'server-policy server-pool';
      if (target !== undefined && counts) reached.set(id, target);
    }
  }
  return new Set(reached.values());
}
