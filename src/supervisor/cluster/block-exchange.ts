import { type BlockRecord, isPossible, nameOf } from '../../cluster/blocks/block-record.ts';
import { longestBlock } from '../../cluster/blocks/shared-blocks.ts';
import type { Envelopes } from '../../cluster/messages/envelope.ts';
import type { Protocol } from '../../cluster/messages/protocol.ts';
import { type Unread, unsealed } from '../../cluster/messages/sealed.ts';
import type { SharedStore } from '../../cluster/store/shared-store.ts';
import type { BlockedSource } from '../../system/kept-blocks.ts';
import { pausedFor } from '../../time/patience.ts';
import { TimeSlice } from '../../time/time-slice.ts';
import { BlockShare, type BlockShareHost } from './block-share.ts';

// Milliseconds between two looks at blocks, and at all that the store has.
const interval = 100;
const wholeInterval = 10_000;
/** To look at all that the store has takes so much of the time at most, however much that is. */
const mostOfTime = 0.1;
/** What the store may have: more than all nodes together ever write. */
const mostBlocks = 2_000_000;
/** Blocks that are told at once: some milliseconds. */
const atOnce = 200;

export type BlockExchangeHost = BlockShareHost & {
  readonly protocol: Pick<Protocol, 'block'>;
  /** The version in which this node writes. */
  readonly spoken: () => number;
  /** Of the hash and the channel in the store. */
  readonly name: string;
  /** Nobody else has the name of this node. */
  readonly takesPart: () => boolean;
  /** Something can't be read. */
  readonly unreadable: (unread: Unread) => void;
};

/** Tells the others of blocks, and hears of theirs. */
export class BlockExchange {
  readonly #host: BlockExchangeHost;
  readonly #blocks: BlockShare;
  /** What others are to be told. */
  #toTell: BlockRecord[] = [];

  constructor(host: BlockExchangeHost) {
    this.#host = host;
    this.#blocks = new BlockShare(host);
  }

  /** Blocks that all nodes know of. */
  get count(): number {
    const now = this.#host.storeNow();
    let count = 0;
    for (const { end } of this.#blocks.shared.records) if (end > now) count += 1;
    return count;
  }

  /** Somebody has lifted these here. */
  lift(sources: readonly BlockedSource[], by: string): void {
    for (const source of sources) {
      const record = this.#blocks.lift(source, by);
      if (record !== null) this.#toTell.push(record);
    }
  }

  /** The node that has blocked a source; '': none has. */
  blockedBy({ policy, source, prefix }: BlockedSource): string {
    const key = this.#host.keys.keyOf(policy);
    const record =
      key === undefined ? undefined : this.#blocks.shared.get(nameOf({ policy: key, source, prefix }));
    return record === undefined || record.end === 0 ? '' : record.node;
  }

  /** Policies have come, gone, or have other names. */
  policiesChanged(): void {
    this.#toTell.push(...this.#blocks.policiesChanged());
  }

  /** Others can't read what was written. */
  rewrite(): void {
    this.#toTell.push(...this.#blocks.shared.records);
  }

  hear(envelopes: Envelopes, message: Buffer): void {
    if (!this.#host.takesPart()) return;
    const record = this.#recordIn(envelopes, message);
    if (record !== null) this.#take(record);
  }

  /** Goes on until it is told to end. Rejects once the store is lost. `works`: called once all was done that is due. */
  async run(store: SharedStore, envelopes: Envelopes, signal: AbortSignal, works: () => void): Promise<void> {
    let wholeDue = 0;
    let isWorking = false;
    while (!signal.aborted) {
      const now = performance.now();
      if (this.#host.takesPart()) {
        if (now >= wholeDue) {
          await this.#compare(store, envelopes);
          const took = performance.now() - now;
          wholeDue = now + Math.max(wholeInterval, took / mostOfTime);
        }
        await this.#blocks.retry();
        this.#toTell.push(...(await this.#blocks.collect()));
        await this.#tell(store, envelopes);
      }
      if (!isWorking) works();
      isWorking = true;
      await pausedFor(interval, signal);
    }
  }

  /** Takes what the store has, and gives it what it lacks: a store may have forgotten, or somebody may have written there. */
  async #compare(store: SharedStore, envelopes: Envelopes): Promise<void> {
    const { name: hash, storeNow, unreadable } = this.#host;
    const there = new Map<string, number>();
    for await (const some of store.scan(hash, mostBlocks)) {
      for (const [name, sealed] of some) {
        const record = this.#recordIn(envelopes, sealed);
        if (record === null) continue;
        if (nameOf(record) !== name) {
          unreadable('foreign');
          continue;
        }
        there.set(name, record.version);
        this.#take(record);
      }
    }
    const forgotten = this.#blocks.shared.forget(storeNow());
    if (forgotten.length > 0) await store.remove(hash, forgotten);
    const slice = new TimeSlice();
    for (const record of [...this.#blocks.shared.records]) {
      if ((there.get(nameOf(record)) ?? 0) < record.version) this.#toTell.push(record);
      if (slice.isOver) await slice.renew();
    }
  }

  #recordIn(envelopes: Envelopes, sealed: Buffer): BlockRecord | null {
    const { protocol, name, storeNow, unreadable } = this.#host;
    const record = unsealed(envelopes, sealed, name, (bytes) => protocol.block.unpack(bytes));
    if (typeof record !== 'string' && isPossible(record, storeNow(), longestBlock)) return record;
    unreadable(typeof record === 'string' ? record : 'impossible');
    return null;
  }

  #take(record: BlockRecord): void {
    const answer = this.#blocks.take(record);
    if (answer !== null) this.#toTell.push(answer);
  }

  async #tell(store: SharedStore, envelopes: Envelopes): Promise<void> {
    const records = this.#toTell;
    if (records.length === 0) return;
    this.#toTell = [];
    const { protocol, name: hash, spoken } = this.#host;
    for (let at = 0; at < records.length; at += atOnce) {
      const sealed = new Map(
        records
          .slice(at, at + atOnce)
          .map(
            (record) =>
              [nameOf(record), envelopes.seal(protocol.block.pack(record, spoken()), hash)] as const,
          ),
      );
      // First what stays: whoever misses the message finds it there.
      await store.put(hash, sealed);
      await Promise.all([...sealed.values()].map((message) => store.publish(hash, message)));
    }
  }
}
