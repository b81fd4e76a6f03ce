import type { CloseCause } from '../engine/stream.ts';

/** Why a member takes no new connection: bits, so that the causes of a whole pool fit one word. */
export const IS_DOWN = 1;
export const IS_FULL = 2;
/** It has come up, and waits or has taken all that its warm-up allows. */
export const IS_RECOVERING = 4;
export const IS_MAINTAINED = 8;
export const IS_DISABLED = 16;
export const HAS_NO_ADDRESS = 32;
/** The connection at hand has tried it in vain: these say how. */
const HAS_FAILED = 64;
/** It took the connection, and reset it before that was of any use. */
const HAS_RESET = 128;
/** Not within the time for that. */
const HAS_NOT_ANSWERED = 256;

const texts: readonly (readonly [number, string])[] = [
  [IS_DOWN, 'is down'],
  [IS_FULL, 'is at its connection limit'],
  [IS_RECOVERING, 'is recovering'],
  [IS_MAINTAINED, 'is in maintenance'],
  [IS_DISABLED, 'is disabled'],
  [HAS_NO_ADDRESS, 'has no address'],
  [HAS_FAILED, "can't be connected to"],
  [HAS_RESET, 'resets what it has accepted'],
  [HAS_NOT_ANSWERED, 'does not answer in time'],
];

/** What the end of a connection, that came before its beginning was known here, says of the member. */
export function failureOf(cause: CloseCause): number {
  if (cause === 'reset') return HAS_RESET;
  return cause === 'dropped' ? HAS_NOT_ANSWERED : HAS_FAILED;
}

/** `each is down or is disabled`. */
export function causesText(causes: number): string {
  const words = texts.filter(([bit]) => (causes & bit) !== 0).map(([, text]) => text);
  return words.length === 0 ? 'the pool has no member' : `each ${words.join(' or ')}`;
}
