/** `threshold`: wrong passwords that cost nothing. `duration`: how long they are remembered, in milliseconds. */
export type LockoutRules = { readonly threshold: number; readonly duration: number };

/**
 * From where somebody tries, as precisely as the system can tell. One on this machine is made to wait, and never shut
 * out: whoever administers it must be able to come in, whatever others have typed.
 */
export type Peer = { readonly id: string; readonly isLocal: boolean };

/** A try of one peer at one name. */
export type Trial = {
  /** Of this peer at this name, with this try, which counts as wrong until it is `succeed`ed. */
  readonly failures: number;
  /** Milliseconds to wait before the password is looked at. */
  readonly pause: number;
  /** It is not to be looked at: the peer is shut out. */
  readonly isShut: boolean;
  /** When the peer can try again, if this try was wrong: null = at once, and then waits `nextPause`. */
  readonly shutUntil: number | null;
  readonly nextPause: number;
};

/** `until`: when the failures are forgotten, or what is shut is open again. */
type Standing = { failures: number; until: number };

/** The longest that a local peer waits, in milliseconds: a person can bear it, and a guess costs that much. */
const longestPause = 10_000;

/** Bounds on what is kept in mind: names can be made up without end, and so can addresses. */
const mostPeers = 1024;
const mostNames = 32;
const longestName = 128;

/** Stands for all names of a peer that have no count of their own. */
const others = '';

/**
 * Who may try to log in. Failures count for the peer that they come from, so that nobody can keep others out. One for
 * all sessions: a new connection is no new try. That an account exists makes no difference.
 */
export class Lockout {
  readonly #peers = new Map<string, Map<string, Standing>>();
  /** The last try that is being judged, of each peer at each name. */
  readonly #turns = new Map<string, Promise<unknown>>();

  /**
   * Judges a try once those before it at the same name are judged: right ones at the same time are no failures of each
   * other. One on this machine, which may have to wait long, holds up no other.
   */
  async inTurn<Judgement>(
    { id, isLocal }: Peer,
    name: string,
    judge: () => Promise<Judgement>,
  ): Promise<Judgement> {
    if (isLocal) return await judge();
    const key = `${id} ${name}`;
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(judge);
    const over = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(key, over);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(key) === over) this.#turns.delete(key);
    }
  }

  /** A try counts as a failure until `succeed`, so that many at the same time are no more than one after the other. */
  begin({ id, isLocal }: Peer, name: string, now: number, { threshold, duration }: LockoutRules): Trial {
    const standings = this.#standingsOf(id, now);
    const key = keyIn(standings, name);
    const before = inForce(standings.get(key), now);
    const isShut = !isLocal && before !== undefined && before.failures >= threshold;
    const failures = (before?.failures ?? 0) + 1;
    // Further tries do not move the end of what is shut.
    const until = isShut ? before.until : now + duration;
    standings.delete(key);
    standings.set(key, { failures, until });
    return {
      failures,
      isShut,
      shutUntil: !isLocal && failures >= threshold ? until : null,
      pause: isLocal ? pauseAfter(failures - 1, threshold) : 0,
      nextPause: isLocal ? pauseAfter(failures, threshold) : 0,
    };
  }

  /**
   * The try was right: what this peer has done wrong before at this name is forgotten, and nothing else is. Where the
   * name has no count of its own, that can't be told from what was wrong at others: then only the try is no failure.
   */
  succeed(peer: Peer, name: string): void {
    const standings = this.#peers.get(peer.id);
    if (name === others || standings?.has(name) !== true) {
      this.excuse(peer, name);
      return;
    }
    standings.delete(name);
    if (standings.size === 0) this.#peers.delete(peer.id);
  }

  /** The last try was no failure, and no success either: of what was before it nothing is forgotten. */
  excuse({ id }: Peer, name: string): void {
    const standings = this.#peers.get(id);
    const key = standings?.has(name) ? name : others;
    const standing = standings?.get(key);
    if (standing === undefined) return;
    standing.failures -= 1;
    if (standing.failures <= 0) standings?.delete(key);
    if (standings?.size === 0) this.#peers.delete(id);
  }

  /** Of how many peers and names it keeps something in mind. */
  get size(): number {
    let size = 0;
    for (const standings of this.#peers.values()) size += standings.size;
    return size;
  }

  /** In the order of their last failure, peers and names: the oldest comes first. */
  #standingsOf(peer: string, now: number): Map<string, Standing> {
    const standings = this.#peers.get(peer) ?? new Map<string, Standing>();
    this.#peers.delete(peer);
    for (const [other, theirs] of this.#peers) {
      forget(theirs, now);
      if (theirs.size > 0 && this.#peers.size < mostPeers) break;
      this.#peers.delete(other);
    }
    this.#peers.set(peer, standings);
    forget(standings, now);
    return standings;
  }
}

/**
 * Whether a failure is to be told of: each up to the threshold, then those at which their number has doubled, so that
 * nobody can fill a log.
 */
export function isNews(failures: number, { threshold }: LockoutRules): boolean {
  return failures <= threshold || Number.isInteger(Math.log2(failures / threshold));
}

/** Milliseconds: none below the threshold, then twice as long each time. */
function pauseAfter(failures: number, threshold: number): number {
  return failures < threshold ? 0 : Math.min(longestPause, 1000 * 2 ** (failures - threshold));
}

function inForce(standing: Standing | undefined, now: number): Standing | undefined {
  return standing !== undefined && now < standing.until ? standing : undefined;
}

function forget(standings: Map<string, Standing>, now: number): void {
  for (const [name, standing] of standings) if (now >= standing.until) standings.delete(name);
}

/** Where the failures at a name are counted: a peer that tries many names has one count for all further ones. */
function keyIn(standings: ReadonlyMap<string, Standing>, name: string): string {
  if (standings.has(name)) return name;
  return name.length > longestName || standings.size >= mostNames ? others : name;
}
