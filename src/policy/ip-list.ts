import { buildAddressMap } from '../net/address-map.ts';
import { oneOf, severities } from './one-of.ts';
import type { Reading, SourceRow } from './reading.ts';
import { ALLOWED, BLACK, type IpListSnapshot, TRUSTED } from './snapshot.ts';

const actions: readonly IpListSnapshot['action'][] = ['alert_deny', 'block-period', 'deny_no_log'];

const types = ['trust-ip', 'black-ip', 'allow-only-ip'] as const;

const marksOf: Readonly<Record<(typeof types)[number], number>> = {
  'trust-ip': TRUSTED,
  'black-ip': BLACK,
  'allow-only-ip': ALLOWED,
};

/**
 * Gives the IP list that a policy reaches by its profile. Policies with one list share what was compiled of it: a large
 * one takes half a second. A list without members has no effect, and is none.
 */
export function ipListCompiler(reading: Reading): (policy: SourceRow) => IpListSnapshot | null {
  const compiled = new Map<number, IpListSnapshot | null>();
  return (policy) => {
    const profile = reading.target(policy, 'web-protection-profile');
    const list = profile && reading.target(profile, 'ip-list-policy');
    if (list === undefined) return null;
    const known = compiled.get(list.id);
    if (known !== undefined) return known;
    const snapshot = compileIpList(reading, list);
    compiled.set(list.id, snapshot);
    return snapshot;
  };
}

function compileIpList(reading: Reading, list: SourceRow): IpListSnapshot | null {
  const entries = reading.source.rows('waf ip-list members', list.id).flatMap((row) => {
    const marks = marksOf[oneOf(types, reading.text(row, 'type'))];
    return reading
      .text(row, 'ip')
      .split(',')
      .map((text) => ({ text, marks }));
  });
  if (entries.length === 0) return null;
  return {
    name: list.key,
    action: oneOf(actions, reading.text(list, 'action')),
    blockPeriod: reading.number(list, 'block-period'),
    severity: oneOf(severities, reading.text(list, 'severity')),
    triggerPolicy: reading.target(list, 'trigger-policy')?.key ?? '',
    addresses: buildAddressMap(entries),
    allowOnly: entries.some(({ marks }) => marks === ALLOWED),
  };
}
