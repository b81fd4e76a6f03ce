import { atOnce } from '../../time/time-slice.ts';
import { Gate } from '../../verdict/judge/gate.ts';
import type { Verdict } from '../../verdict/judge/verdict.ts';
import { createLedger } from '../../verdict/table/ledger.ts';
import { createSourcesTable } from '../../verdict/table/table.ts';
import { sweepEpisodes } from '../../verdict/upkeep/episodes.ts';
import type { ConnectionEvent } from '../capture/connection-event.ts';
import { Destinations, type Selection } from '../capture/destinations.ts';
import { Links, NONE } from '../links.ts';
import type { ReplayPlan } from '../plan.ts';
import type { ReplayResult, Unmatched } from '../report/result.ts';
import type { OpenConnection } from './open-connection.ts';
import { PolicyReplay } from './policy-replay.ts';
import { Silences } from './silences.ts';
import type { Prefixes } from './source-names.ts';
import { UnmatchedConnections } from './unmatched-connections.ts';

/** Connections that can be open at a time: more than the connection table of a capture follows. */
const mostConnections = 2 ** 20;
/** As the main thread sweeps. Milliseconds. */
const sweepInterval = 1000;
/** Ticks of the sources table compare rightly over 24 days. */
const longestStep = 7 * 86_400_000;
/** Sources of one configuration that are kept in mind. */
export const mostSources = 4_000_000;

export type ReplayOptions = Selection & {
  /** By row id of the policy: by which addresses are told apart, where not by the sources of its rule. */
  readonly grouping?: ReadonlyMap<number, Prefixes>;
  /** Sources that are kept in mind, MOST_SOURCES where it is not said. */
  readonly mostSources?: number;
  /** Hears of each verdict. */
  readonly onVerdict?: (event: Extract<ConnectionEvent, { kind: 'opened' }>, verdict: Verdict) => void;
};

/**
 * Runs connections through the enforcer's decision core under one configuration: the same sources table, gate and
 * sweep, on the clock of the events. Nothing else of the enforcer is there: no socket, no member, no script.
 */
export class Replay {
  readonly #table: SharedArrayBuffer;
  readonly #gate: Gate;
  readonly #reportInterval: number;
  readonly #onVerdict: ReplayOptions['onVerdict'];
  readonly #destinations: Destinations;
  readonly #policies: ReadonlyMap<number, PolicyReplay>;
  /** Those whose rule limits silent connections. */
  readonly #counting: readonly PolicyReplay[];
  /** Likewise, as connections know them. */
  readonly #numbered: readonly PolicyReplay[];
  /** Those of the capture that are open there and that a policy has taken. */
  readonly #connections: (OpenConnection | undefined)[] = [];
  readonly #unmatched = new UnmatchedConnections();
  #now = 0;
  #sweptAt = 0;
  /** Episodes that run. Without one the sweep has nothing to do. */
  #episodes = 0;

  constructor(plan: ReplayPlan, options: ReplayOptions = {}) {
    this.#table = createSourcesTable(plan.sourcesTableSize);
    this.#gate = new Gate(this.#table, [createLedger(mostConnections)], 1);
    this.#gate.fullPolicy = plan.tableFull;
    this.#reportInterval = plan.reportInterval;
    this.#onVerdict = options.onVerdict;
    this.#destinations = new Destinations(plan.policies, options);
    const shared = {
      gate: this.#gate,
      connections: this.#connections,
      held: new Links(),
      silences: new Silences(),
      room: { left: options.mostSources ?? mostSources },
    };
    this.#numbered = plan.policies.map(
      (policy, number) => new PolicyReplay(policy, number, shared, options.grouping?.get(policy.id)),
    );
    this.#policies = new Map(this.#numbered.map((policy) => [policy.snapshot.id, policy]));
    this.#counting = this.#numbered.filter(({ limit }) => limit.silentThreshold > 0);
  }

  take(event: ConnectionEvent): void {
    this.#advance(event.time);
    if (event.kind === 'opened') this.#open(event);
    else {
      const policy = this.#numbered[this.#connections[event.connection]?.policy ?? NONE];
      if (event.kind === 'spoke') policy?.spoke(event.connection);
      else policy?.close(event.connection);
    }
  }

  /** By row id. */
  get policies(): ReadonlyMap<number, PolicyReplay> {
    return this.#policies;
  }

  get unmatched(): Unmatched {
    return this.#unmatched.result;
  }

  /** Connections of sources that came when there was no more room to keep them in mind. */
  get unnamed(): number {
    return this.#numbered.reduce((sum, { unnamed }) => sum + unnamed, 0);
  }

  get result(): ReplayResult {
    return { policies: this.#numbered.map(({ result }) => result), unmatched: this.unmatched };
  }

  #open(event: Extract<ConnectionEvent, { kind: 'opened' }>): void {
    const { source, destination, destinationPort } = event;
    const found = this.#destinations.policyOf(destination, destinationPort);
    const policy = found === undefined ? undefined : this.#policies.get(found.id);
    if (policy === undefined) {
      this.#unmatched.add(destination, destinationPort);
      return;
    }
    const verdict = policy.open(event.connection, source, this.#now);
    if (this.#gate.judgement.firstViolation) this.#episodes++;
    this.#onVerdict?.(event, verdict);
  }

  /** The clock of a capture may go back a little, that of the gate must not. */
  #advance(time: number): void {
    if (time > this.#now) this.#now = time;
    for (const policy of this.#counting) policy.fallSilent(this.#now);
    if (this.#now - this.#sweptAt < sweepInterval) return;
    if (this.#episodes === 0) {
      this.#sweptAt = this.#now;
      return;
    }
    while (this.#episodes > 0 && this.#now - this.#sweptAt > longestStep)
      this.#sweep(this.#sweptAt + longestStep);
    // Sweeps between which nothing happens are one.
    const since = this.#now - this.#sweptAt;
    if (since >= sweepInterval) this.#sweep(this.#now - (since % sweepInterval));
  }

  #sweep(now: number): void {
    this.#sweptAt = now;
    const sweep = sweepEpisodes(this.#table, now, this.#reportInterval, ({ phase }) => {
      if (phase === 'end') this.#episodes--;
    });
    if (!atOnce(sweep)) throw new Error('the sources table of a replay has nobody else to hold a lock');
  }
}
