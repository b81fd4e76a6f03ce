import type { Steps } from '../../time/time-slice.ts';
import type { Acknowledgement, Count, Frame, Incarnation, WholeRow } from './frame.ts';
import { mostAtOnce } from './in-turns.ts';
import { OwnRow } from './own-row.ts';
import { Peer } from './peer.ts';

/**
 * The words of the sources that the verdict compares: a connection is admitted if `own + remote < limit` and
 * `own - base < allowance`. A verdict may be given between any two calls.
 */
export interface CountWords {
  /** Connections that a source holds here; 0 where that is so few that nobody needs to know. */
  own(source: string): number;
  setBase(source: string, base: number): void;
  setRemote(source: string, remote: number): void;
}

/** Milliseconds. */
export type Timing = {
  /** A peer that is not heard for so long is gone. */
  readonly lease: number;
  /** Who has not heard himself for so long is cut off: shorter than a lease, by more than the time between two frames. */
  readonly patience: number;
  /** Whoever comes and is not told who is there listens for so long before they think that nobody is: some frames of another. */
  readonly listening: number;
};

/**
 * What a node may do: nobody may be there yet, or have been told of it (`joining`); all mind what the others hold
 * (`sharing`); or nobody hears it (`cut-off`).
 */
export type Standing = 'joining' | 'sharing' | 'cut-off';

/**
 * One node's side of counts that many nodes share. Each publishes how many connections its sources hold, and what it has
 * taken of the others' rows. `base` is the least that a peer may hold of our own value, so nobody is ever more than the
 * allowance behind us; with k nodes a source holds at most `limit + (k - 1) * allowance`, whatever is lost or late.
 */
export class SharedCounts {
  readonly #self: Incarnation;
  readonly #words: CountWords;
  readonly #timing: Timing;
  readonly #row = new OwnRow();
  readonly #peers = new Map<string, Peer>();
  /** The highest epoch of each node that was ever heard. */
  readonly #epochs = new Map<string, number>();
  readonly #remote = new Map<string, number>();
  readonly #touched = new Set<string>();
  /** Nobody has heard of them for so long that they are no peers; some of what they hold still counts. */
  #gone: readonly Peer[] = [];
  #isWanted = true;
  #begunAt: number | null = null;
  /** It has shared with others, or with nobody, and knows how many there are. */
  #isAcquainted = false;
  #stamp = 0;
  /** When each frame was sent that has not come back. */
  readonly #sentAt = new Map<number, number>();
  /** When the newest frame was sent that has come back. */
  #echoedAt = Number.NEGATIVE_INFINITY;
  #standing: Standing = 'joining';
  /** The frame from which on others must have minded us, and since when; null: we are cut off. */
  #joining: { readonly stamp: number; readonly since: number } | null = null;
  /** Null: nobody has said who is there. */
  #expected: ReadonlySet<string> | null = null;

  constructor(self: Incarnation, words: CountWords, timing: Timing) {
    this.#self = self;
    this.#words = words;
    this.#timing = timing;
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Nodes that share, with this one; 0: it has never known how many there are. */
  get nodes(): number {
    return this.#isAcquainted ? this.#peers.size + 1 : 0;
  }

  /** Until when others mind what this node holds, as far as it knows: from then on it is cut off, also if nobody asks. */
  get heardUntil(): number {
    return this.#echoedAt + this.#timing.patience;
  }

  /** Connections that sources hold elsewhere. */
  get remote(): ReadonlyMap<string, number> {
    return this.#remote;
  }

  /** What this node has told of a source. */
  told(source: string): number {
    return this.#row.open(source);
  }

  /** All sources of which this node has told that they hold something. */
  row(): Steps<readonly Count[]> {
    return this.#row.whole();
  }

  get peers(): readonly Peer[] {
    return [...this.#peers.values()];
  }

  /** A source may hold more or fewer connections here. */
  touch(source: string): void {
    this.#touched.add(source);
  }

  /** Somebody asks for the row of this node: it is due once. */
  takeWhole(): Steps<WholeRow> | null {
    if (!this.#isWanted) return null;
    this.#isWanted = false;
    return this.#whole();
  }

  *#whole(): Steps<WholeRow> {
    const { seq } = this.#row;
    return { ...this.#self, seq, row: yield* this.#row.whole() };
  }

  /**
   * Before this node is heard: has some of what is to be told in its row. Returns whether one frame can tell the rest, so
   * that the first change that others hear is of all that is held here, or they fetch the row.
   */
  prepare(): boolean {
    if (this.#touched.size <= mostAtOnce) return true;
    this.#publish(this.#takeChanges());
    this.#forget();
    return this.#touched.size <= mostAtOnce;
  }

  /** Peers whose whole row is needed. */
  missing(): readonly Incarnation[] {
    return this.peers.filter(({ isWhole }) => !isWhole);
  }

  /**
   * What is to be told now.
   *
   * @param mayBeHeard false: nobody will hear it, so that nothing new need be remembered for anybody
   */
  beat(now: number, mayBeHeard = true): Frame {
    this.#review(now);
    this.#letGo();
    const changes = mayBeHeard ? this.#takeChanges() : [];
    this.#publish(changes);
    for (const peer of this.#peers.values()) peer.published(this.#row.seq);
    this.#forget();
    this.#stamp += 1;
    this.#sentAt.set(this.#stamp, now);
    return {
      ...this.#self,
      stamp: this.#stamp,
      seq: this.#row.seq,
      changes,
      acknowledgements: this.peers.map((peer) => peer.acknowledgement()),
      wants: this.missing().map(({ node }) => node),
    };
  }

  /** Returns whether it can be: nobody has heard what this node has not said. */
  hear(frame: Frame, now: number): boolean {
    if (frame.node === this.#self.node) {
      this.#hearSelf(frame);
      return true;
    }
    if (!frame.acknowledgements.every((one) => this.#isPossible(one))) return false;
    const peer = this.#peerOf(frame, now);
    if (peer === null) return true;
    peer.heardAt = now;
    peer.hear(frame, this.#self, this.#row.remembered, this.#differs);
    if (frame.wants.includes(this.#self.node)) this.#isWanted = true;
    this.#forget();
    return true;
  }

  #isPossible({ node, epoch, seq, stamp }: Acknowledgement): boolean {
    const isOurs = node === this.#self.node && epoch === this.#self.epoch;
    return !isOurs || (seq <= this.#row.seq && stamp <= this.#stamp);
  }

  /** The row of a peer, as it was written whole. */
  *load(whole: WholeRow): Steps<void> {
    const peer = this.#peers.get(whole.node);
    if (peer?.epoch !== whole.epoch) return;
    for (const _ of peer.load(whole, this.#differs)) {
      yield;
      if (this.#peers.get(whole.node) !== peer) return;
    }
  }

  /** These nodes are there, and no other: whoever has heard all of them need not listen for longer, and nobody listens for less. */
  expect(nodes: Iterable<string>): void {
    this.#expected = new Set(nodes);
  }

  /** The store has lost everything, or may have: whoever comes finds the row again. */
  rewrite(): void {
    this.#isWanted = true;
  }

  #hearSelf(frame: Frame): void {
    // Another life of this node: an older one that is not gone yet, or two have its name.
    if (frame.epoch !== this.#self.epoch) return;
    const sentAt = this.#sentAt.get(frame.stamp);
    if (sentAt === undefined) return;
    this.#echoedAt = Math.max(this.#echoedAt, sentAt);
    for (const stamp of this.#sentAt.keys()) if (stamp <= frame.stamp) this.#sentAt.delete(stamp);
  }

  /** Null: of a life that is over. */
  #peerOf({ node, epoch }: Incarnation, now: number): Peer | null {
    const known = this.#peers.get(node);
    if (known?.epoch === epoch) return known;
    if (epoch < (this.#epochs.get(node) ?? epoch)) return null;
    this.#epochs.set(node, epoch);
    const peer = new Peer({ node, epoch }, now, known);
    this.#peers.set(node, peer);
    return peer;
  }

  /** Who is there, and what that means for us. */
  #review(now: number): void {
    const { lease, patience } = this.#timing;
    this.#sentAt.delete(this.#stamp - mostUnheard);
    this.#begunAt ??= now;
    if (now - this.#echoedAt >= patience) {
      if (this.#joining !== null) this.#expected = null;
      this.#joining = null;
      if (this.#standing === 'sharing' || now - this.#begunAt >= patience) this.#standing = 'cut-off';
      return;
    }
    if (this.#joining === null) {
      // What was heard before says nothing of what is there now.
      for (const peer of this.#peers.values()) peer.heardAt = now;
      this.#joining = { stamp: this.#stamp + 1, since: now };
    }
    for (const peer of this.#peers.values()) {
      if (now - peer.heardAt < lease) continue;
      this.#peers.delete(peer.node);
      // Frames as old as that are not let in: one of a lower epoch is of a clock that was set.
      this.#epochs.delete(peer.node);
      this.#gone = [...this.#gone, peer];
    }
    if (this.#standing === 'sharing') return;
    const { stamp, since } = this.#joining;
    const all = this.peers.every((peer) => peer.isWhole && peer.isMinded && peer.mindsSince >= stamp);
    if (!all || now - since < this.#listensFor) return;
    this.#standing = 'sharing';
    this.#isAcquainted = true;
  }

  /** Who is there and says nothing may stand still, and mind what was heard before, until others take that for gone. */
  get #listensFor(): number {
    const { lease, listening } = this.#timing;
    if (this.#expected === null) return listening;
    return this.#expected.isSubsetOf(this.#peers) ? 0 : lease;
  }

  /** What peers have taken need not be remembered. */
  #forget(): void {
    const needed = this.peers.reduce((least, { needs }) => Math.min(least, needs), this.#row.seq);
    for (const source of this.#row.taken(needed)) this.#words.setBase(source, this.#row.base(source));
  }

  #letGo(): void {
    let left = mostAtOnce;
    this.#gone = this.#gone.filter((peer) => {
      left -= peer.leave(left, this.#differs);
      return left <= 0;
    });
  }

  #publish(changes: readonly Count[]): void {
    if (changes.length > 0) this.#row.publish(changes);
    for (const [source] of changes) this.#words.setBase(source, this.#row.base(source));
  }

  /** A base falls before what it stands for is read: whatever is admitted in between keeps to it. */
  #takeChanges(): readonly Count[] {
    const changes: Count[] = [];
    for (const source of this.#touched.values().take(mostAtOnce)) {
      this.#touched.delete(source);
      let base = this.#row.base(source);
      let open = this.#words.own(source);
      while (open < base) {
        base = open;
        this.#words.setBase(source, base);
        open = this.#words.own(source);
      }
      if (open !== this.#row.open(source)) changes.push([source, open]);
      else this.#words.setBase(source, this.#row.base(source));
    }
    return changes;
  }

  readonly #differs = (source: string, more: number): void => {
    const remote = (this.#remote.get(source) ?? 0) + more;
    if (remote === 0) this.#remote.delete(source);
    else this.#remote.set(source, remote);
    this.#words.setRemote(source, remote);
  };
}

/** Frames whose way is remembered. */
const mostUnheard = 1024;
