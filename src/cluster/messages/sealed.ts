import type { Envelopes } from './envelope.ts';
import { ImpossibleError, PackingError } from './packing.ts';

/** Why it could not be read: it is none of ours; or it is, and of a version that is not known here, or says what can't be. */
export type Unread = 'foreign' | 'unknown' | 'impossible';

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
    if (error instanceof ImpossibleError) return 'impossible';
    if (error instanceof PackingError) return 'unknown';
    throw error;
  }
}
