import type { Announced } from './header.ts';
import { writeVersion1 } from './version-1.ts';
import { writeVersion2 } from './version-2.ts';

/** The PROXY header that tells a member for whom it is connected to; null: that is not known. */
export function writeHeader(version: 'v1' | 'v2', announced: Announced | null): Uint8Array {
  return version === 'v1' ? writeVersion1(announced) : writeVersion2(announced);
}
