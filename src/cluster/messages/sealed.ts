import type { Envelopes } from './envelope.ts';
import { PackingError } from './packing.ts';

/** Why it could not be read: it is none of ours; or it is, and of a version that is not known here. */
export type Unread = 'foreign' | 'unknown';

/** What was packed, out of its envelope. */
export function unsealed<T extends object>(
  envelopes: Envelopes,
  sealed: Uint8Array,
  place: string,
  unpack: (bytes: Buffer) => T,
): T | Unread {
  const content = envelopes.open(sealed, place);
  if (content === null) return 'foreign';
  try {
    return unpack(content);
  } catch (error) {
    if (error instanceof PackingError) return 'unknown';
    throw error;
  }
}
