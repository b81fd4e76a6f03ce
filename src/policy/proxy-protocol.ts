import { buildAddressMap } from '../net/address-map.ts';
import type { Reading, SourceRow } from './reading.ts';
import type { ProxyProtocolSnapshot } from './snapshot.ts';

/** Who may announce another source to a policy; null: nobody. */
export function compileProxyProtocol(reading: Reading, policy: SourceRow): ProxyProtocolSnapshot | null {
  if (!reading.isEnabled(policy, 'proxy-protocol')) return null;
  const peers = reading.list(policy, 'proxy-protocol-from').map((text) => ({ text, marks: 1 }));
  return {
    from: buildAddressMap(peers),
    isSource: reading.isEnabled(policy, 'use-proxy-protocol-addr'),
    exemptsProbes: reading.isEnabled(policy, 'proxy-protocol-exempt-probes'),
  };
}

/** Why a policy can't expect headers: from nobody it would never get one. */
export function proxyProtocolObjection(reading: Reading, policy: SourceRow): string | undefined {
  const isUseless =
    reading.isEnabled(policy, 'proxy-protocol') && reading.list(policy, 'proxy-protocol-from').length === 0;
  return isUseless
    ? 'with proxy-protocol enable, proxy-protocol-from has to name at least one address'
    : undefined;
}
