import type { RaisedEvent } from '../events/events.ts';
import type { Snapshot } from '../policy/snapshot.ts';
import type { KeptBlocks } from '../system/kept-blocks.ts';
import { BlockKeeper } from './keepers/blocks.ts';
import { FullTableWatch } from './keepers/full-table.ts';
import { Heartbeat } from './keepers/heartbeat.ts';
import { MemoryKeeper } from './keepers/memory.ts';
import { PeakKeeper } from './keepers/peaks.ts';
import { RefusalGuard, type ShutOut } from './keepers/refusal-guard.ts';
import type { RunningPolicies } from './keepers/running-policies.ts';
import type { WorkersOptions } from './workers/options.ts';
import { Workers } from './workers/workers.ts';

export type SupervisorOptions = WorkersOptions & {
  /** Knows, while the workers change from one snapshot to the next, the policies of both. */
  readonly policies: RunningPolicies;
  /** Hears whom a guarded revision shuts out. */
  readonly onShutOut: ShutOut;
  /** Keeps blocks over the end of the process. */
  readonly keptBlocks: KeptBlocks;
};

/** The main thread's side of the data plane: the workers, and the keepers of what they have in shared memory. */
export class Supervisor {
  readonly workers: Workers;
  readonly blocks: BlockKeeper;
  readonly heartbeat = new Heartbeat();
  readonly #policies: RunningPolicies;
  readonly #peaks: PeakKeeper;
  readonly #fullTable: FullTableWatch;
  readonly #memory: MemoryKeeper;
  readonly #guard: RefusalGuard;

  /** Starts the threads; they listen to nothing until the first `apply`. */
  constructor({ policies, keptBlocks, onShutOut, ...options }: SupervisorOptions) {
    const { onEvent } = options;
    this.#policies = policies;
    this.workers = new Workers({ ...options, onRefused: (sources) => this.#guard.refused(sources) });
    const { table } = this.workers;
    this.blocks = new BlockKeeper(table, keptBlocks, onEvent);
    this.#guard = new RefusalGuard(table, onShutOut);
    this.#peaks = new PeakKeeper(table);
    this.#fullTable = new FullTableWatch(table, onEvent);
    this.#memory = new MemoryKeeper({
      connections: () => this.workers.connectionCount(),
      mostConnections: () => this.workers.takeMostConnections(),
      collectGarbage: () => this.workers.collectGarbage(),
    });
  }

  /**
   * Resolves when every worker runs the snapshot, with an event for each listener that does not stand.
   *
   * @param reportInterval as in WorkersOptions
   */
  async apply(snapshot: Snapshot, reportInterval: number): Promise<readonly RaisedEvent[]> {
    this.#policies.begin(snapshot);
    this.workers.reportInterval = reportInterval;
    this.#fullTable.setting = snapshot.tableFull;
    await this.workers.apply(snapshot, () => this.#guard.change(snapshot));
    this.#policies.finish(snapshot);
    this.#peaks.apply(snapshot);
    this.#guard.changed();
    return this.workers.listenerFailures();
  }

  /** The revision that runs stands: whom it refuses is not looked at any more. */
  async endGuard(): Promise<void> {
    await this.workers.endGuard();
    this.#guard.stop();
  }

  /**
   * Nobody accepts, and nothing is written, so that another process can take over what there is. All blocks are saved, all
   * episodes are over and reported.
   */
  async pause(): Promise<void> {
    await this.workers.pauseListening();
    await this.blocks.stop();
    await this.workers.endEpisodes();
  }

  /** Ends all that is left once somebody has taken over, who keeps the blocks. */
  async end(hurry?: AbortSignal): Promise<void> {
    this.heartbeat.stop();
    this.#fullTable.stop();
    this.#guard.stop();
    this.#memory.stop();
    await this.workers.stop(hurry);
  }

  /** The opposite: nobody has taken over. */
  async resume(): Promise<void> {
    await this.blocks.resume();
    await this.workers.resumeListening();
  }

  /**
   * Saves the blocks, and ends all that the workers have. Resolves when everything of that is reported.
   *
   * @param hurry aborted: no worker is waited for
   */
  async stop(hurry?: AbortSignal): Promise<void> {
    // Before the workers: with their end every block ends in memory.
    await this.blocks.stop();
    await this.end(hurry);
  }
}
