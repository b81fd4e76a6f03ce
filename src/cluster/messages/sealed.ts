import type { Envelopes } from './envelope.ts';
import { PackingError } from './packing.ts';

/** What was packed, out of its envelope. Null: it is none of ours, or of a version that is not known here. */
export function unsealed<T>(
  envelopes: Envelopes,
  sealed: Uint8Array,
  place: string,
  unpack: (bytes: Buffer) => T,
): T | null {
  const content = envelopes.open(sealed, place);
  if (content === null) return null;
  try {
    return unpack(content);
  } catch (error) {
    if (error instanceof PackingError) return null;
    throw error;
  }
}
