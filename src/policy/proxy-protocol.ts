import type { Reading, SourceRow } from './reading.ts';
import type { ProxyProtocolSnapshot } from './snapshot.ts';

/** Who may announce another source to a policy. */
export function compileProxyProtocol(_reading: Reading, _policy: SourceRow): ProxyProtocolSnapshot | null {
  return null;
}
