import { type BlockedName, type BlockRecord, isForgotten, isNewer, nameOf } from './block-record.ts';

/** Milliseconds by which two ends of the same block may differ: clocks are read at different moments. */
const tolerance = 1000;
/** Milliseconds: nobody blocks for longer. */
export const longestBlock = 86_400_000;

/** What a record means here: the block is to be so, or the sender is to be told that it is otherwise; null: nothing. */
export type Taken = { readonly kind: 'apply' | 'tell'; readonly record: BlockRecord } | null;

/**
 * What all nodes have said of blocks. A block that begins or is lifted here becomes a record that is newer than all before;
 * one that comes is taken if it is newer than what is known. Moments are of the store's clock.
 */
export class SharedBlocks {
  readonly #node: string;
  readonly #records = new Map<string, BlockRecord>();

  constructor(node: string) {
    this.#node = node;
  }

  get records(): Iterable<BlockRecord> {
    return this.#records.values();
  }

  get(name: string): BlockRecord | undefined {
    return this.#records.get(name);
  }

  /** A source is blocked here. Null: that is what is known. */
  began(blocked: BlockedName, end: number, by: string, now: number): BlockRecord | null {
    const before = this.#records.get(nameOf(blocked));
    if (before !== undefined && Math.abs(before.end - end) <= tolerance) return null;
    return this.#write(blocked, end, by, now, before);
  }

  /** Its block was lifted here. */
  lifted(blocked: BlockedName, by: string, now: number): BlockRecord {
    return this.#write(blocked, 0, by, now, this.#records.get(nameOf(blocked)));
  }

  take(record: BlockRecord, now: number): Taken {
    const name = nameOf(record);
    const before = this.#records.get(name);
    if (before !== undefined && !isNewer(record, before))
      return isNewer(before, record) ? { kind: 'tell', record: before } : null;
    if (isForgotten(record, now, longestBlock)) return null;
    this.#records.set(name, record);
    return { kind: 'apply', record };
  }

  /** Returns the names of those that nobody needs to hear of any more. */
  forget(now: number): readonly string[] {
    const forgotten: string[] = [];
    for (const [name, record] of this.#records) {
      if (!isForgotten(record, now, longestBlock)) continue;
      this.#records.delete(name);
      forgotten.push(name);
    }
    return forgotten;
  }

  #write(
    { policy, source, prefix }: BlockedName,
    end: number,
    by: string,
    now: number,
    before: BlockRecord | undefined,
  ): BlockRecord {
    const version = Math.max(Math.floor(now), (before?.version ?? 0) + 1);
    const record = { policy, source, prefix, end: Math.round(end), version, node: this.#node, by };
    this.#records.set(nameOf(record), record);
    return record;
  }
}
