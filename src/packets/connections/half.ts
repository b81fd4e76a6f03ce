import { distance } from './sequence.ts';

/**
 * What one side of a connection has sent, and how much of it the other has acknowledged. Numbers are the wire's, as
 * signed 32-bit integers: larger ones would each take memory of their own.
 */
export class Half {
  /** Whether its SYN, or what follows it, was seen: before that the numbers mean nothing. */
  isKnown = false;
  initial = 0;
  /** Behind the last byte seen. */
  next = 0;
  acknowledged = 0;
  isSynAcknowledged = false;
  hasFin = false;
  finEnd = 0;
  isFinAcknowledged = false;
  /** Whether it has said how much it can take; and how much, not scaled in a SYN. */
  window = 0;
  shift = 0;

  /** Begins at a SYN. */
  begin(initial: number): void {
    this.isKnown = true;
    this.initial = initial | 0;
    this.next = (initial + 1) | 0;
    this.acknowledged = this.initial;
  }

  /** Begins in the middle: the SYN was not seen and counts as acknowledged. */
  adopt(next: number): void {
    this.begin(next - 1);
    this.acknowledged = this.next;
    this.isSynAcknowledged = true;
  }

  /** A segment of it that ends before `end`. */
  extend(end: number): void {
    if (distance(this.next, end) > 0) this.next = end | 0;
  }

  /** The other side's acknowledgement; one that takes in what was never seen is believed only when `lenient`. */
  acknowledge(number: number, lenient: boolean): void {
    if (!this.isKnown || distance(this.acknowledged, number) <= 0) return;
    if (distance(this.next, number) > 0) {
      if (!lenient) return;
      this.next = number | 0;
    }
    this.acknowledged = number | 0;
    this.isSynAcknowledged = true;
    if (this.hasFin && distance(this.finEnd, number) >= 0) this.isFinAcknowledged = true;
  }

  /** Whether any data of it are acknowledged. */
  get isHeard(): boolean {
    return distance(this.initial, this.acknowledged) > (this.isFinAcknowledged ? 2 : 1);
  }

  /** Whether a reset with this number would be taken by the other side, which offers `window`: RFC 9293, 3.10.7.4. */
  mayReset(sequence: number, window: number): boolean {
    const ahead = distance(this.acknowledged, sequence);
    return ahead >= 0 && ahead <= Math.max(window, distance(this.acknowledged, this.next));
  }
}
