import { Flag, type Tcp } from '../headers/tcp.ts';

/** What a capture shows of its connections; where that is not all, the rest is inferred. */
export type Evidence = {
  /** Only packets with SYN, FIN or RST: no acknowledgement ends a handshake. */
  readonly isControl: boolean;
  /** Whose packets there are. */
  readonly side: 'both' | 'clients' | 'servers';
};

export const wholeEvidence: Evidence = { isControl: false, side: 'both' };

export function isWhole({ isControl, side }: Evidence): boolean {
  return !isControl && side === 'both';
}

/** Finds out by its first packets what a capture shows. */
export class EvidenceSurvey {
  #syns = 0;
  #answers = 0;
  #fins = 0;
  #others = 0;

  take({ flags }: Tcp): void {
    if ((flags & Flag.syn) !== 0) {
      if ((flags & Flag.ack) === 0) this.#syns++;
      else this.#answers++;
    } else if ((flags & Flag.fin) !== 0) this.#fins++;
    else if ((flags & Flag.rst) === 0) this.#others++;
  }

  /** In a flood of SYNs nobody acknowledges either, but nobody sends a FIN. */
  get evidence(): Evidence {
    const isControl = this.#others === 0 && this.#fins > 0;
    if (this.#syns > 0 && this.#answers === 0) return { isControl, side: 'clients' };
    if (this.#syns === 0 && this.#answers > 0) return { isControl, side: 'servers' };
    return { isControl: isControl && this.#answers > 0, side: 'both' };
  }
}
