/** `duration` in the unit of the clock. */
export type LockoutRules = { readonly threshold: number; readonly duration: number };

/** Where a name stands; one with no failures has no standing. Times are those of the clock of the caller. */
export type Standing =
  | { readonly kind: 'counting'; readonly failures: number; readonly forgottenAt: number }
  | { readonly kind: 'locked'; readonly until: number };

/** What is still in force of a standing. */
export function standingAt(standing: Standing | undefined, now: number): Standing | undefined {
  if (standing === undefined) return undefined;
  const end = standing.kind === 'locked' ? standing.until : standing.forgottenAt;
  return now < end ? standing : undefined;
}

/** After a failure. A lock has an absolute end, which further attempts do not move. */
export function afterFailure(standing: Standing | undefined, now: number, rules: LockoutRules): Standing {
  const { threshold, duration } = rules;
  const before = standingAt(standing, now);
  if (before?.kind === 'locked') return before;
  const failures = (before?.failures ?? 0) + 1;
  return failures >= threshold
    ? { kind: 'locked', until: now + duration }
    : { kind: 'counting', failures, forgottenAt: now + duration };
}

/** Names that exist nowhere can be made up without end. */
const mostUnknown = 1024;

/** Who may try to log in. One for all sessions: a new connection is no new try. */
export class Lockout {
  readonly #known = new Map<string, Standing>();
  readonly #unknown = new Map<string, Standing>();

  /**
   * Lets a name try once, unless it is locked: then gives when that ends. A try counts as a failure until `succeed`,
   * so that many at the same time are no more than one after the other. `exists`: whether there is such an account;
   * names that do not exist are locked in the same way, and only ever push out each other.
   */
  begin(name: string, exists: boolean, now: number, rules: LockoutRules): number | undefined {
    const until = this.lockedUntil(name, exists, now);
    if (until !== undefined) return until;
    const standings = this.#of(exists);
    const standing = afterFailure(standings.get(name), now, rules);
    // In the order of their last failure: the oldest comes first.
    standings.delete(name);
    for (const [other, old] of standings) {
      const superfluous = !exists && standings.size >= mostUnknown;
      if (!superfluous && standingAt(old, now) !== undefined) break;
      standings.delete(other);
    }
    standings.set(name, standing);
    return undefined;
  }

  /** The try was right: what failed before is forgotten. */
  succeed(name: string): void {
    this.#known.delete(name);
  }

  lockedUntil(name: string, exists: boolean, now: number): number | undefined {
    const standing = standingAt(this.#of(exists).get(name), now);
    return standing?.kind === 'locked' ? standing.until : undefined;
  }

  /** How many names it keeps in mind. */
  get size(): number {
    return this.#known.size + this.#unknown.size;
  }

  #of(exists: boolean): Map<string, Standing> {
    return exists ? this.#known : this.#unknown;
  }
}
