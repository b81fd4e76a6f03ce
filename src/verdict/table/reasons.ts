/** What a violation broke: the limit of connections, that of silent ones, an IP list, or a block of a script or an administrator. */
export type Reason = 'connections' | 'silent' | 'black-ip' | 'allow-only' | 'script' | 'by-hand';

/** Shared memory holds a reason as three bits: an index into this. */
const reasons: readonly Reason[] = ['connections', 'silent', 'black-ip', 'allow-only', 'script', 'by-hand'];
export const CONNECTIONS = 0;
export const SILENT_ONES = 1;
export const BLACK_IP = 2;
export const ALLOW_ONLY = 3;
export const BY_SCRIPT = 4;
export const BY_HAND = 5;
export const NO_REASON = -1;

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
