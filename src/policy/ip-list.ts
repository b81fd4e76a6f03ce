import type { Reading, SourceRow } from './reading.ts';
import type { IpListSnapshot } from './snapshot.ts';

/** The IP list that a policy reaches by its profile. */
export function compileIpList(_reading: Reading, _policy: SourceRow): IpListSnapshot | null {
  return null;
}
