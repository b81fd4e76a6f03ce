import { buildAddressMap } from '../net/address-map.ts';
import { oneOf, severities } from './one-of.ts';
import type { Reading, SourceRow } from './reading.ts';
import { ALLOWED, BLACK, type IpListSnapshot, type Snapshot, TRUSTED } from './snapshot.ts';

const actions: readonly IpListSnapshot['action'][] = ['alert_deny', 'block-period', 'deny_no_log'];

const types = ['trust-ip', 'black-ip', 'allow-only-ip'] as const;

const marksOf: Readonly<Record<(typeof types)[number], number>> = {
  'trust-ip': TRUSTED,
  'black-ip': BLACK,
  'allow-only-ip': ALLOWED,
};

/**
 * Gives the IP list that a policy reaches by its profile. Policies with one list share what was compiled of it: a large
 * one takes half a second. A list without members has no effect, and is none; `now`: of a clock in milliseconds since 1970,
 * by which some have expired.
 */
export function ipListCompiler(reading: Reading, now: number): (policy: SourceRow) => IpListSnapshot | null {
  const compiled = new Map<number, IpListSnapshot | null>();
  return (policy) => {
    const profile = reading.target(policy, 'web-protection-profile');
    const list = profile && reading.target(profile, 'ip-list-policy');
    if (list === undefined) return null;
    const known = compiled.get(list.id);
    if (known !== undefined) return known;
    const snapshot = compileIpList(reading, list, now);
    compiled.set(list.id, snapshot);
    return snapshot;
  };
}

/** When the next entry of a list expires that a policy reaches, in milliseconds since 1970; null: none does. */
export function nextExpiry({ policies }: Pick<Snapshot, 'policies'>): number | null {
  const moments = policies.flatMap(({ ipList }) => ipList?.expires ?? []);
  return moments.length === 0 ? null : Math.min(...moments);
}

/** The lists of a snapshot of which entries have expired by now, by their names. */
export function expiredLists({ policies }: Pick<Snapshot, 'policies'>, now: number): readonly string[] {
  const lists = policies.flatMap(({ ipList }) =>
    ipList !== null && ipList.expires !== null && ipList.expires <= now ? [ipList.name] : [],
  );
  return [...new Set(lists)];
}

function compileIpList(reading: Reading, list: SourceRow, now: number): IpListSnapshot | null {
  const members = reading.source.rows('waf ip-list members', list.id).map((row) => ({
    marks: marksOf[oneOf(types, reading.text(row, 'type'))],
    addresses: reading.text(row, 'ip').split(','),
    end: momentOf(reading.text(row, 'expires')),
  }));
  const present = members.filter(({ end }) => end > now);
  // Whoever alone is let in, and no longer, leaves the door shut.
  const allowOnly = members.some(({ marks }) => marks === ALLOWED);
  if (present.length === 0 && !allowOnly) return null;
  const next = present.reduce((first, { end }) => Math.min(first, end), Number.POSITIVE_INFINITY);
  return {
    name: list.key,
    action: oneOf(actions, reading.text(list, 'action')),
    blockPeriod: reading.number(list, 'block-period'),
    severity: oneOf(severities, reading.text(list, 'severity')),
    triggerPolicy: reading.target(list, 'trigger-policy')?.key ?? '',
    addresses: buildAddressMap(
      present.flatMap(({ addresses, marks }) => addresses.map((text) => ({ text, marks }))),
    ),
    allowOnly,
    expires: Number.isFinite(next) ? next : null,
  };
}

function momentOf(text: string): number {
  return text === '' ? Number.POSITIVE_INFINITY : Date.parse(text);
}
