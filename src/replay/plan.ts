import type { EnforcerSettings } from '../policy/enforcer-settings.ts';
import type { IpListSnapshot, PolicySnapshot, ProxyProtocolSnapshot, Snapshot } from '../policy/snapshot.ts';

/** What of a configuration decides on connections: all that a replay needs, and no secret. */
export type ReplayPlan = Pick<Snapshot, 'tableFull' | 'idleTimeout' | 'policies'> &
  Pick<EnforcerSettings, 'sourcesTableSize'> & {
    /** Milliseconds without a violation after which an episode is over. */
    readonly reportInterval: number;
  };

/** Members are never asked, and no script is run. */
export const planOf = (
  { tableFull, idleTimeout, policies }: Snapshot,
  { sourcesTableSize }: EnforcerSettings,
  reportInterval: number,
): ReplayPlan => ({
  tableFull,
  idleTimeout,
  sourcesTableSize,
  reportInterval,
  policies: policies.map((policy) => ({
    ...policy,
    members: [],
    scripts: policy.scripts.map((script) => ({ ...script, text: '' })),
  })),
});

type Encoded<T, Addresses extends keyof T> = Omit<T, Addresses> & { readonly [name in Addresses]: string };

type EncodedPolicy = Omit<PolicySnapshot, 'ipList' | 'proxyProtocol'> & {
  readonly ipList: Encoded<IpListSnapshot, 'addresses'> | null;
  readonly proxyProtocol: Encoded<ProxyProtocolSnapshot, 'from'> | null;
};

type EncodedPlan = Omit<ReplayPlan, 'policies'> & { readonly policies: readonly EncodedPolicy[] };

const toText = (buffer: SharedArrayBuffer): string => Buffer.from(new Uint8Array(buffer)).toString('base64');

const toBuffer = (text: string): SharedArrayBuffer => {
  const bytes = Buffer.from(text, 'base64');
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
};

/** As a text, for another process. */
export const encodePlan = (plan: ReplayPlan): string => {
  const policies = plan.policies.map(
    ({ ipList, proxyProtocol, ...policy }): EncodedPolicy => ({
      ...policy,
      ipList: ipList && { ...ipList, addresses: toText(ipList.addresses) },
      proxyProtocol: proxyProtocol && { ...proxyProtocol, from: toText(proxyProtocol.from) },
    }),
  );
  return JSON.stringify({ ...plan, policies } satisfies EncodedPlan);
};

/** The text comes from this product in this version, and is taken for what it is. */
export const decodePlan = (text: string): ReplayPlan => {
  const { policies, ...plan }: EncodedPlan = JSON.parse(text);
  return {
    ...plan,
    policies: policies.map(({ ipList, proxyProtocol, ...policy }) => ({
      ...policy,
      ipList: ipList && { ...ipList, addresses: toBuffer(ipList.addresses) },
      proxyProtocol: proxyProtocol && { ...proxyProtocol, from: toBuffer(proxyProtocol.from) },
    })),
  };
};
