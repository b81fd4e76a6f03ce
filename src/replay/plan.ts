import type { EnforcerSettings } from '../policy/enforcer-settings.ts';
import type { IpListSnapshot, PolicySnapshot, ProxyProtocolSnapshot, Snapshot } from '../policy/snapshot.ts';

/** What of a configuration decides on connections: all that a replay needs, and no secret. */
export type ReplayPlan = Pick<Snapshot, 'tableFull' | 'idleTimeout' | 'policies'> &
  Pick<EnforcerSettings, 'sourcesTableSize'> & {
    /** Milliseconds without a violation after which an episode is over. */
    readonly reportInterval: number;
  };

/** Members are never asked, and no script is run. */
export function planOf(
  { tableFull, idleTimeout, policies }: Snapshot,
  { sourcesTableSize }: EnforcerSettings,
  reportInterval: number,
): ReplayPlan {
  return {
    tableFull,
    idleTimeout,
    sourcesTableSize,
    reportInterval,
    policies: policies.map((policy) => ({
      ...policy,
      members: [],
      scripts: policy.scripts.map((script) => ({ ...script, text: '' })),
    })),
  };
}

/** In place of an address map: its number among those of the plan. Policies of one list share the buffer. */
type Numbered<T, Map extends keyof T> = Omit<T, Map> & { readonly [name in Map]: number };

type EncodedPolicy = Omit<PolicySnapshot, 'ipList' | 'proxyProtocol'> & {
  readonly ipList: Numbered<IpListSnapshot, 'addresses'> | null;
  readonly proxyProtocol: Numbered<ProxyProtocolSnapshot, 'from'> | null;
};

type EncodedPlan = Omit<ReplayPlan, 'policies'> & {
  readonly policies: readonly EncodedPolicy[];
  /** Address maps in base64. */
  readonly maps: readonly string[];
};

/** As a text, for another process. */
export function encodePlan(plan: ReplayPlan): string {
  const maps = new Map<SharedArrayBuffer, number>();
  const numberOf = (map: SharedArrayBuffer): number => {
    const number = maps.get(map) ?? maps.size;
    maps.set(map, number);
    return number;
  };
  const policies = plan.policies.map(
    ({ ipList, proxyProtocol, ...policy }): EncodedPolicy => ({
      ...policy,
      ipList: ipList && { ...ipList, addresses: numberOf(ipList.addresses) },
      proxyProtocol: proxyProtocol && { ...proxyProtocol, from: numberOf(proxyProtocol.from) },
    }),
  );
  const texts = [...maps.keys()].map((map) => Buffer.from(map).toString('base64'));
  return JSON.stringify({ ...plan, policies, maps: texts } satisfies EncodedPlan);
}

/** The text comes from this product in this version, and is taken for what it is. */
export function decodePlan(text: string): ReplayPlan {
  const { policies, maps, ...plan }: EncodedPlan = JSON.parse(text);
  const buffers = maps.map((map) => {
    const bytes = Buffer.from(map, 'base64');
    const buffer = new SharedArrayBuffer(bytes.length);
    new Uint8Array(buffer).set(bytes);
    return buffer;
  });
  const mapOf = (number: number): SharedArrayBuffer => {
    const buffer = buffers[number];
    if (buffer === undefined) throw new RangeError(`a plan without address map ${number}`);
    return buffer;
  };
  return {
    ...plan,
    policies: policies.map(({ ipList, proxyProtocol, ...policy }) => ({
      ...policy,
      ipList: ipList && { ...ipList, addresses: mapOf(ipList.addresses) },
      proxyProtocol: proxyProtocol && { ...proxyProtocol, from: mapOf(proxyProtocol.from) },
    })),
  };
}
