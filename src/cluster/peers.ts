import type { Presence } from './messages/presence.ts';

/** Milliseconds without a word after which a node is gone. */
const lease = 3000;
/** Within so many a node that lives has said so again. */
const silence = 1500;

/** `unknown`: another has had it a moment ago, and may have ended since. */
export type NameState = 'free' | 'taken' | 'unknown';

export type Peer = Presence & {
  /** When it was there first, by the clock of the store. */
  readonly since: number;
};

export type PeerChange = { readonly kind: 'joined' | 'left'; readonly node: string };

type Known = { readonly peer: Peer; readonly heardAt: number };

/**
 * Which other nodes are there. What is said can be lost, or taken away: a node is there until its lease ends, by a clock
 * that nobody sets (`ticks`, in milliseconds). Moments are of the store's clock, that somebody may.
 */
export class Peers {
  readonly #self: Pick<Presence, 'node' | 'life'>;
  readonly #known = new Map<string, Known>();
  /** Who has the name of this node: what it said first, and when that was heard. */
  #rival: { readonly life: number; readonly at: number; readonly since: number } | null = null;

  constructor(self: Pick<Presence, 'node' | 'life'>) {
    this.#self = self;
  }

  get all(): readonly Peer[] {
    return [...this.#known.values()]
      .map(({ peer }) => peer)
      .sort((one, other) => (one.node < other.node ? -1 : 1));
  }

  has(node: string): boolean {
    return this.#known.has(node);
  }

  /** All that is said of nodes now. Returns what has changed. */
  review(said: readonly Presence[], now: number, ticks: number): readonly PeerChange[] {
    const joined: string[] = [];
    for (const one of said) {
      if (one.node === this.#self.node) continue;
      const known = this.#known.get(one.node)?.peer;
      if (!isNews(one, known, now)) continue;
      if (known === undefined) joined.push(one.node);
      const since = known?.life === one.life ? known.since : one.at;
      this.#known.set(one.node, { peer: { ...one, since }, heardAt: ticks });
    }
    const left = [...this.#known].filter(([, { heardAt }]) => ticks - heardAt >= lease).map(([node]) => node);
    for (const node of left) this.#known.delete(node);
    return [
      ...left.map((node): PeerChange => ({ kind: 'left', node })),
      ...joined.map((node): PeerChange => ({ kind: 'joined', node })),
    ];
  }

  /** Whether the name of this node is its own. `said`: what is said under that name; undefined: nothing. */
  nameState(said: Presence | undefined, now: number): NameState {
    if (said === undefined || said.life === this.#self.life || now - said.at >= lease) {
      this.#rival = null;
      return 'free';
    }
    const rival = this.#rival;
    if (rival === null || rival.life !== said.life) {
      this.#rival = { life: said.life, at: said.at, since: now };
      return 'unknown';
    }
    if (said.at !== rival.at) return 'taken';
    // An earlier life of this node has said so, and says nothing any more.
    return now - rival.since < silence ? 'unknown' : 'free';
  }
}

/** What nobody can have kept and written again: it is of this moment, or later than what is known of the same life. */
function isNews(said: Presence, known: Peer | undefined, now: number): boolean {
  if (Math.abs(now - said.at) < lease) return said.at !== known?.at || said.life !== known.life;
  return said.life === known?.life && said.at > known.at;
}
