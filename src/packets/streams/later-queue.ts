import type { Packet } from '../packet.ts';
import { costOfPacket } from './packet-cost.ts';

/** A segment that came before what stands in front of it. */
export type Later = {
  readonly packet: Packet;
  readonly start: number;
  /** A copy of its payload, or how long it is where the capture has not kept all. */
  readonly content: Uint8Array | number;
  readonly hasFin: boolean;
};

/** `cost`: bytes of memory, about, when it came. */
type Held = Later & { readonly cost: number };

const laterCost = 256;

/** Segments that wait for a hole in front of them to be filled, in the order of their positions. */
export class LaterQueue {
  #segments: Held[] = [];
  cost = 0;

  get first(): Later | undefined {
    return this.#segments[0];
  }

  /** The first copy of a byte counts: a segment gets those of its bytes that are here already. */
  giveFirst(start: number, content: Uint8Array): void {
    for (const known of this.#segments) {
      if (known.start >= start + content.length) break;
      copyOverlap(known, start, content);
    }
  }

  add(segment: Later): void {
    const { start } = segment;
    let index = this.#segments.length;
    while (index > 0 && (this.#segments[index - 1]?.start ?? 0) > start) index--;
    const cost = costOf(segment);
    this.#segments.splice(index, 0, { ...segment, cost });
    this.cost += cost;
  }

  /** Takes the first if it begins at `end` or before. */
  takeReached(end: number): Later | undefined {
    const [first] = this.#segments;
    if (first === undefined || first.start > end) return undefined;
    this.#segments.shift();
    this.cost -= first.cost;
    return first;
  }
}

function copyOverlap(known: Later, start: number, content: Uint8Array): void {
  if (!(known.content instanceof Uint8Array)) return;
  const from = Math.max(known.start, start);
  const to = Math.min(known.start + known.content.length, start + content.length);
  if (from < to) content.set(known.content.subarray(from - known.start, to - known.start), from - start);
}

function costOf({ packet, content }: Later): number {
  return laterCost + costOfPacket(packet) + (typeof content === 'number' ? 0 : content.length);
}
