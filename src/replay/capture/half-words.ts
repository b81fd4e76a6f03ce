import { read } from '../../memory/words.ts';
import type { Half } from '../../packets/connections/half.ts';

// One side of a connection: five words, and eight bits.
const KNOWN = 1;
const SYN_ACKNOWLEDGED = 2;
const FIN = 4;
const FIN_ACKNOWLEDGED = 8;
const SHIFT = 4;

/** `bits`: those of the half, in the lowest eight. */
export function readHalf(words: Int32Array, at: number, bits: number, into: Half): void {
  into.isKnown = (bits & KNOWN) !== 0;
  into.isSynAcknowledged = (bits & SYN_ACKNOWLEDGED) !== 0;
  into.hasFin = (bits & FIN) !== 0;
  into.isFinAcknowledged = (bits & FIN_ACKNOWLEDGED) !== 0;
  into.shift = (bits >>> SHIFT) & 15;
  into.initial = read(words, at);
  into.next = read(words, at + 1);
  into.acknowledged = read(words, at + 2);
  into.finEnd = read(words, at + 3);
  into.window = read(words, at + 4);
}

/** @returns its bits */
export function writeHalf(half: Half, words: Int32Array, at: number): number {
  words[at] = half.initial;
  words[at + 1] = half.next;
  words[at + 2] = half.acknowledged;
  words[at + 3] = half.finEnd;
  words[at + 4] = half.window;
  return (
    (half.isKnown ? KNOWN : 0) |
    (half.isSynAcknowledged ? SYN_ACKNOWLEDGED : 0) |
    (half.hasFin ? FIN : 0) |
    (half.isFinAcknowledged ? FIN_ACKNOWLEDGED : 0) |
    (half.shift << SHIFT)
  );
}
