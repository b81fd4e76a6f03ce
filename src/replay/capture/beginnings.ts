import { Flag, type Tcp } from '../../packets/headers/tcp.ts';
import { counted } from '../../text/plural.ts';

/** Counts what may begin a connection, to say why none did. */
export class Beginnings {
  #packets = 0;
  #syns = 0;
  #answers = 0;

  take({ flags }: Tcp): void {
    this.#packets++;
    if ((flags & Flag.syn) === 0) return;
    if ((flags & Flag.ack) === 0) this.#syns++;
    else this.#answers++;
  }

  /** For a capture of which no connection is known. */
  get notes(): string[] {
    if (this.#packets === 0) return [];
    const others = this.#packets - this.#syns - this.#answers;
    const found = `${counted(this.#syns, 'SYN')}, ${counted(this.#answers, 'answer')} to one, ${counted(others, 'other packet')} of TCP`;
    return [`no handshake is seen to its end: there are ${found}`];
  }
}
