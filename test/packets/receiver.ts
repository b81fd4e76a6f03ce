import assert from 'node:assert/strict';
import { Flag, type Tcp } from '../../src/packets/headers/tcp.ts';

/** What an end of a connection makes of what it is sent: bytes by position, as a map, nothing clever. */
export class Receiver {
  readonly #initial: number;
  readonly #bytes = new Map<number, number>();
  #fin: number | undefined;
  #highest = 0;

  constructor(initial: number) {
    this.#initial = initial;
  }

  /** What is lost on the way counts as sent all the same. */
  miss(tcp: Tcp): void {
    const end = (tcp.sequence - this.#initial - 1 + tcp.sequenceLength) | 0;
    this.#highest = Math.max(this.#highest, end);
  }

  take(tcp: Tcp): void {
    const start = (tcp.sequence - this.#initial - 1) | 0;
    tcp.payload.forEach((byte, index) => {
      const known = this.#bytes.get(start + index);
      assert.ok(known === undefined || known === byte, `two bytes at ${start + index}`);
      this.#bytes.set(start + index, byte);
    });
    const end = start + tcp.payload.length;
    if (tcp.has(Flag.fin)) {
      assert.ok(this.#fin === undefined || this.#fin === end, `FIN at ${this.#fin} and at ${end}`);
      this.#fin = end;
    }
    this.miss(tcp);
  }

  /** Nothing is acknowledged that has not been sent. */
  checkAcknowledgement(number: number): void {
    const position = (number - this.#initial - 1) | 0;
    assert.ok(position <= this.#highest, `${position} is acknowledged and ${this.#highest} sent`);
  }

  /** The next number that it waits for. */
  get expected(): number {
    const length = this.text().length;
    return (this.#initial + 1 + length + (this.#fin === length ? 1 : 0)) >>> 0;
  }

  get hasEnded(): boolean {
    return this.#fin === this.#bytes.size && this.text().length === this.#fin;
  }

  /** What lies together from the start. */
  text(): Uint8Array {
    const bytes: number[] = [];
    for (let at = 0; ; at++) {
      const byte = this.#bytes.get(at);
      if (byte === undefined) return Uint8Array.from(bytes);
      bytes.push(byte);
    }
  }
}
