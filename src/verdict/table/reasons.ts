/**
 * What a violation broke: the limit of connections, that of silent ones, an IP list, or a block of a script or an
 * administrator; the limit of connections together with what other nodes count (`crowded`), or what may be admitted before
 * they know of it, or while they can't (`unconfirmed`).
 */
export type Reason =
  | 'connections'
  | 'silent'
  | 'black-ip'
  | 'allow-only'
  | 'script'
  | 'by-hand'
  | 'crowded'
  | 'unconfirmed';

/** Shared memory holds a reason as three bits: an index into this. */
const reasons: readonly Reason[] = [
  'connections',
  'silent',
  'black-ip',
  'allow-only',
  'script',
  'by-hand',
  'crowded',
  'unconfirmed',
];
export const CONNECTIONS = 0;
export const SILENT_ONES = 1;
export const BLACK_IP = 2;
export const ALLOW_ONLY = 3;
export const BY_SCRIPT = 4;
export const BY_HAND = 5;
export const CROWDED = 6;
export const UNCONFIRMED = 7;
export const NO_REASON = -1;

/** Whether a limit of the rule was broken, by what a source holds. */
export function isOfRule(reason: number): boolean {
  return reason < BLACK_IP || reason >= CROWDED;
}

export function reasonAt(index: number): Reason {
  return reasons[index] ?? 'connections';
}

function isReason(word: string): word is Reason {
  return reasons.some((reason) => reason === word);
}

export function indexOfReason(reason: Reason): number {
  return reasons.indexOf(reason);
}

/** The reason of this name; one that only a newer Levee knows is read as the most common one. */
export function reasonNamed(name: string): Reason {
  return isReason(name) ? name : 'connections';
}
