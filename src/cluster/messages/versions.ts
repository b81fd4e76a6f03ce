/** Versions of what nodes tell each other, from the oldest that is read to the newest that is written. */
export type Versions = { readonly oldest: number; readonly newest: number };

/**
 * The version in which a node writes: the newest that all speak, so that nothing is lost while some have been upgraded and
 * others not. Whoever has no version in common with it does not count: neither understands the other whatever it writes.
 */
export function spokenVersion(own: Versions, others: readonly Versions[]): number {
  return others
    .filter((other) => haveCommon(own, other))
    .reduce((least, { newest }) => Math.min(least, newest), own.newest);
}

export function haveCommon(one: Versions, other: Versions): boolean {
  return one.oldest <= other.newest && other.oldest <= one.newest;
}

/** `1-2`, or `2` */
export function versionsText({ oldest, newest }: Versions): string {
  return oldest === newest ? String(newest) : `${oldest}-${newest}`;
}
