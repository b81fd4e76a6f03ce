import type { Announced } from './header.ts';
import { writeVersion1 } from './version-1.ts';
import { writeVersion2 } from './version-2.ts';

/** The PROXY header that names the client to a member; null: the client is unknown. */
export function writeHeader(version: 'v1' | 'v2', announced: Announced | null): Uint8Array {
  return version === 'v1' ? writeVersion1(announced) : writeVersion2(announced);
}
