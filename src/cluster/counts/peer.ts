import type { Steps } from '../../time/time-slice.ts';
import type { Acknowledgement, Count, Frame, Incarnation, WholeRow } from './frame.ts';
import { sourcesInAStep } from './in-turns.ts';

/** Changes that are kept while one before them is missing; behind that only the whole row helps. */
const mostEarly = 256;

/** Hears that a peer holds more or fewer connections of a source than before. */
export type Difference = (source: string, more: number) => void;

/** What is known of another node in one of its lives. */
export class Peer implements Incarnation {
  readonly node: string;
  readonly epoch: number;
  /** When it was heard last. */
  heardAt: number;
  /** The newest of its frames. */
  stamp = 0;
  /** The last change of its row that was taken here, and the last that it is known to have made. */
  #taken = 0;
  #made = 0;
  readonly #row: Map<string, number>;
  /** The row is still that of the life before: until all of this one's is known, nobody takes what it holds for gone. */
  #isFormer: boolean;
  readonly #early = new Map<number, readonly Count[]>();
  /** What it has of us: the last change of our row, and the last frame of ours that it heard since it minds us. */
  holds = 0;
  mindsSince = 0;
  /** It holds one of our changes that is remembered here, as are all behind it: what it may hold is known. */
  #isMinded = false;
  /** While it is not minded: from this change on all are remembered for it. Null: from the one that is published next. */
  #pinned: number | null = null;

  /** `former`: its life before, whose row it begins with. */
  constructor({ node, epoch }: Incarnation, now: number, former: Peer | undefined) {
    this.node = node;
    this.epoch = epoch;
    this.heardAt = now;
    this.#row = former === undefined ? new Map() : former.#row;
    this.#isFormer = former !== undefined;
  }

  /** Nothing of its row is missing here. */
  get isWhole(): boolean {
    return this.#taken === this.#made;
  }

  /** What it holds of a source, as far as is known. */
  open(source: string): number {
    return this.#row.get(source) ?? 0;
  }

  get isMinded(): boolean {
    return this.#isMinded;
  }

  /** The change of ours from which on all must be remembered for it. */
  get needs(): number {
    if (this.#isMinded) return this.holds;
    return this.#pinned ?? Number.POSITIVE_INFINITY;
  }

  /** All that we hold is published, with this change. */
  published(seq: number): void {
    if (!this.#isMinded) this.#pinned ??= seq;
  }

  /** Takes what a frame says of its row and of us. One that comes late changes nothing any more. */
  hear(frame: Frame, us: Incarnation, remembered: number, differs: Difference): void {
    this.#made = Math.max(this.#made, frame.seq);
    if (this.#made === 0) this.#forgetFormer([], differs);
    if (frame.changes.length > 0 && frame.seq > this.#taken) {
      if (this.#early.size >= mostEarly) this.#early.clear();
      this.#early.set(frame.seq, frame.changes);
      this.#takeEarly(differs);
    }
    if (frame.stamp <= this.stamp) return;
    this.stamp = frame.stamp;
    const ours = frame.acknowledgements.find(({ node, epoch }) => node === us.node && epoch === us.epoch);
    this.holds = ours?.seq ?? 0;
    this.mindsSince = ours?.stamp ?? 0;
    this.#mind(remembered);
  }

  /**
   * Its row, whole: what it had before is no more. Frames may be heard between two steps, which may say more than the row;
   * what was taken of it by then is what it holds, or has held since the change that is acknowledged.
   */
  *load({ seq, row }: WholeRow, differs: Difference): Steps<void> {
    const listed = new Set<string>();
    for (const [source, open] of row) {
      if (seq <= this.#taken) return;
      this.#set(source, open, differs);
      listed.add(source);
      if (listed.size % sourcesInAStep === 0) yield;
    }
    if (seq <= this.#taken) return;
    for (const source of this.#row.keys()) if (!listed.has(source)) this.#set(source, 0, differs);
    this.#isFormer = false;
    this.#taken = seq;
    this.#made = Math.max(this.#made, seq);
    for (const early of this.#early.keys()) if (early <= seq) this.#early.delete(early);
    this.#takeEarly(differs);
  }

  /** It is no peer any more: lets go of some `most` of what it holds. Returns how many these were. */
  leave(most: number, differs: Difference): number {
    let left = 0;
    for (const source of this.#row.keys()) {
      if (left >= most) break;
      this.#set(source, 0, differs);
      left += 1;
    }
    return left;
  }

  acknowledgement(): Acknowledgement {
    const { node, epoch } = this;
    return { node, epoch, seq: this.#taken, stamp: this.isMinded ? this.stamp : 0 };
  }

  /** Whoever holds less than is remembered, as after they have lost it, may hold anything: until they have caught up. */
  #mind(remembered: number): void {
    if (this.#isMinded ? this.holds >= remembered : this.#pinned === null || this.holds < this.#pinned)
      return;
    this.#isMinded = !this.#isMinded;
    this.#pinned = null;
  }

  #takeEarly(differs: Difference): void {
    for (;;) {
      const changes = this.#early.get(this.#taken + 1);
      if (changes === undefined) return;
      this.#taken += 1;
      this.#early.delete(this.#taken);
      // Its first change is of all that it holds.
      if (this.#taken === 1) this.#forgetFormer(changes, differs);
      for (const [source, open] of changes) this.#set(source, open, differs);
    }
  }

  #forgetFormer(changes: readonly Count[], differs: Difference): void {
    if (!this.#isFormer) return;
    this.#isFormer = false;
    const held = new Set(changes.map(([source]) => source));
    for (const source of this.#row.keys()) if (!held.has(source)) this.#set(source, 0, differs);
  }

  #set(source: string, open: number, differs: Difference): void {
    const before = this.#row.get(source) ?? 0;
    if (open === before) return;
    if (open === 0) this.#row.delete(source);
    else this.#row.set(source, open);
    differs(source, open - before);
  }
}
