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

/** Which other nodes are there. Moments are of the store's clock. */
export class Peers {
  readonly #self: Pick<Presence, 'node' | 'life'>;
  readonly #peers = new Map<string, Peer>();
  /** Who has the name of this node: what it said first, and when that was heard. */
  #rival: { readonly life: number; readonly at: number; readonly since: number } | null = null;

  constructor(self: Pick<Presence, 'node' | 'life'>) {
    this.#self = self;
  }

  get all(): readonly Peer[] {
    return [...this.#peers.values()].sort((one, other) => (one.node < other.node ? -1 : 1));
  }

  /** All that is said of nodes now. Returns what has changed. */
  review(said: readonly Presence[], now: number): readonly PeerChange[] {
    const present = said.filter((one) => one.node !== this.#self.node && now - one.at < lease);
    const names = new Set(present.map(({ node }) => node));
    const left = [...this.#peers.keys()].filter((node) => !names.has(node));
    for (const node of left) this.#peers.delete(node);
    const joined: string[] = [];
    for (const one of present) {
      const known = this.#peers.get(one.node);
      if (known === undefined) joined.push(one.node);
      this.#peers.set(one.node, { ...one, since: known?.life === one.life ? known.since : one.at });
    }
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
