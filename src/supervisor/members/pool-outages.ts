import { causesText } from '../../enforcer/pool/causes.ts';
import { CAUSES, LOST, type RowViews, WITHOUT_MEMBER } from '../../enforcer/pool/rows.ts';
import type { RaisedEvent } from '../../events/events.ts';
import { memberAvailable, noMember } from '../../events/members.ts';

type State = { lost: number; clients: number; isWithout: boolean };

/** Reads from shared memory which policies have lost clients because no member took them. */
export class PoolOutages {
  readonly #states = new Map<number, State>();

  /**
   * What has begun or ended since the last poll. A policy that loses some clients and serves others stays without a
   * member until a whole interval has passed without a loss, so that there are at most two events in three polls.
   */
  poll(policies: Iterable<number>, rows: RowViews): readonly RaisedEvent[] {
    const wanted = new Set(policies);
    for (const id of this.#states.keys()) if (!wanted.has(id)) this.#states.delete(id);
    return [...wanted].flatMap((id) => this.#pollPolicy(id, rows) ?? []);
  }

  #pollPolicy(policy: number, rows: RowViews): RaisedEvent | undefined {
    const { words, at } = rows.policy(policy);
    const lost = Atomics.load(words, at + LOST);
    let state = this.#states.get(policy);
    if (state === undefined) {
      if (lost === 0) return undefined;
      state = { lost: 0, clients: 0, isWithout: false };
      this.#states.set(policy, state);
    }
    const clients = (lost - state.lost) >>> 0;
    state.lost = lost;
    state.clients += clients;
    if (clients > 0 && !state.isWithout) {
      state.isWithout = true;
      return noMember({ policy, reason: causesText(Atomics.exchange(words, at + CAUSES, 0)) });
    }
    if (clients > 0 || !state.isWithout || Atomics.load(words, at + WITHOUT_MEMBER) !== 0) return undefined;
    const ended = memberAvailable({ policy, clients: state.clients });
    Atomics.store(words, at + CAUSES, 0);
    state.isWithout = false;
    state.clients = 0;
    return ended;
  }
}
