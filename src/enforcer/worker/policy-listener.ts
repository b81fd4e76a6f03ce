import { isAdmitted } from '../../verdict/judge/verdict.ts';
import type { Introduction } from '../connection/proxy-protocol/introduction.ts';
import type { Incoming, ListenHandler } from '../engine/listener.ts';
import { NOBODY } from '../engine/own-connections.ts';
import type { Stream } from '../engine/stream.ts';
import { applyVerdict, type VerdictHost } from './apply-verdict.ts';
import type { PolicyState } from './policy-state.ts';

/** What a listener needs of the worker that it lives in. */
export interface ListenerHost extends VerdictHost {
  /** `at`: on the engine's clock. */
  accepted(
    policy: PolicyState,
    ledgerEntry: number,
    client: Stream,
    introduction: Introduction,
    at: number,
  ): void;
  /** A connection has come in that is none of Levee's own, as far as is known. */
  cameFrom(address: Uint32Array): void;
  /** A connection is refused that a policy of Levee itself has opened: `origin` is its row id. */
  looped(origin: number, incoming: Incoming): void;
}

/** Decides on each connection of one listener, for the policy that it belongs to now. */
export class PolicyListener implements ListenHandler {
  policy: PolicyState;
  readonly #host: ListenerHost;
  readonly #failed: (message: string) => void;
  /** Of the connection that was decided on last. */
  #introduction: Introduction = 'none';
  #decidedAt = 0;

  constructor(host: ListenerHost, policy: PolicyState, failed: (message: string) => void) {
    this.#host = host;
    this.policy = policy;
    this.#failed = failed;
  }

  decide(incoming: Incoming): boolean {
    const { counters, engine } = this.#host;
    const begun = engine.now();
    this.#decidedAt = begun;
    if (this.#isLoop(incoming)) return false;
    const isLetIn = this.#judge(incoming, begun);
    counters.judged(engine.now() - begun);
    return isLetIn;
  }

  /** Whether it comes from a policy of Levee itself that has not this one as a server on purpose. */
  #isLoop(incoming: Incoming): boolean {
    const origin = incoming.label();
    if (origin === NOBODY) {
      this.#host.cameFrom(incoming.address);
      return false;
    }
    if (this.policy.snapshot.chainedFrom.includes(origin)) return false;
    this.policy.counters.refused('loop');
    this.#host.looped(origin, incoming);
    return true;
  }

  #judge(incoming: Incoming, now: number): boolean {
    const { counters, gate } = this.#host;
    const { limit } = this.policy;
    this.#introduction = this.policy.introductionOf(incoming.address);
    // Where a PROXY header names the source that is judged, the peer is only counted until then.
    const isHeld = this.#introduction === 'source';
    const verdict = isHeld
      ? gate.hold(limit, incoming.address, now, incoming.socket())
      : gate.admit(limit, incoming.address, now, incoming.socket());
    // Who is refused needs none.
    if (isAdmitted(verdict) && !counters.takeDescriptors()) {
      gate.release(gate.judgement.connection);
      this.exhausted(1);
      return false;
    }
    return (isHeld && isAdmitted(verdict)) || applyVerdict(this.#host, verdict, this.policy, incoming);
  }

  accepted(stream: Stream): void {
    const { connection } = this.#host.gate.judgement;
    this.#host.accepted(this.policy, connection, stream, this.#introduction, this.#decidedAt);
  }

  exhausted(connections: number): void {
    this.policy.counters.refused('descriptors', connections);
    this.#host.outOfDescriptors(connections);
  }

  failed(message: string): void {
    this.#failed(message);
  }
}
