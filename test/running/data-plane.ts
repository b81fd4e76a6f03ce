import type { TestContext } from 'node:test';
import { monotonicNow } from '../../src/enforcer/engine/clock.ts';
import { describe, named, type RaisedEvent } from '../../src/events/events.ts';
import { chooseEngine } from '../../src/supervisor/workers/engines.ts';
import type { WorkersOptions } from '../../src/supervisor/workers/options.ts';
import { Workers } from '../../src/supervisor/workers/workers.ts';
import { atOnce } from '../../src/time/time-slice.ts';
import type { TrafficRecord, ViolationRecord } from '../../src/verdict/judge/records.ts';
import type { EpisodeLine, SourceState } from '../../src/verdict/upkeep/source-state.ts';
import { listSources } from '../../src/verdict/upkeep/sources.ts';
import { Client, type Outcome } from '../network/client.ts';
import { until } from './condition.ts';

/** Whoever names an engine for tests has all of Levee run on it: bin/test sees to that. */
const { name: engine } = chooseEngine('auto');
const { LEVEE_TEST_ENGINE: wanted = engine } = process.env;
if (engine !== wanted)
  throw new Error(`LEVEE_TEST_ENGINE is ${wanted}, and the engine of this Levee ${engine}`);

/** A data plane under test, and what it told. */
export class Running {
  readonly workers: Workers;
  readonly violations: ViolationRecord[] = [];
  readonly episodeEnds: EpisodeLine[] = [];
  readonly events: RaisedEvent[] = [];
  readonly traffic: TrafficRecord[] = [];
  readonly clients: Client[] = [];

  constructor(options: Partial<WorkersOptions>) {
    this.workers = new Workers({
      workers: 1,
      sources: 1024,
      engine,
      onViolations: (records) => this.violations.push(...records),
      onEpisodeLine: (end) => this.episodeEnds.push(end),
      onEvent: (event) => this.events.push(event),
      onTraffic: (records) => this.traffic.push(...records),
      ...options,
    });
  }

  /** Opens connections one after the other, so that it is known which is the first too many. */
  async open(count: number, port: number, address = '127.0.0.1', from?: string): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let index = 0; index < count; index++) {
      const client = new Client(address, port, from);
      this.clients.push(client);
      outcomes.push(await client.outcome);
    }
    return outcomes;
  }

  /** What was told of one type. */
  told<Type extends RaisedEvent['type']>(type: Type): Extract<RaisedEvent, { readonly type: Type }>[] {
    return this.events.filter(
      (event): event is Extract<RaisedEvent, { readonly type: Type }> => event.type === type,
    );
  }

  /** What was told that is no part of a good life. */
  get unexpected(): RaisedEvent[] {
    return this.events.filter((event) => !describe(named(event, String)).isExpected);
  }

  /** The clients that still have their connection. */
  get held(): readonly Client[] {
    return this.clients.filter(({ socket }) => !socket.destroyed && !socket.readableEnded);
  }

  sources(): readonly SourceState[] {
    const sources: SourceState[] = [];
    atOnce(listSources(this.workers.table, monotonicNow(), (source) => sources.push(source)));
    return sources;
  }

  /** Connections that are counted, over all sources. */
  get counted(): number {
    return this.sources().reduce((sum, { open }) => sum + open, 0);
  }

  /** Connections of which the client's descriptor is open. */
  get connections(): number {
    return this.workers.status().counts.reduce((sum, counts) => sum + counts.connections, 0);
  }

  get descriptors(): number {
    return this.workers.status().counts.reduce((sum, counts) => sum + counts.descriptors, 0);
  }

  async untilIdle(): Promise<void> {
    await until('no connection is counted', () => this.counted === 0);
    await until('no descriptor is in use', () => this.descriptors === 0 && this.connections === 0);
  }

  async end(): Promise<void> {
    for (const { socket } of this.clients) socket.destroy();
    await this.untilIdle();
    await this.workers.stop();
  }
}

/** Starts a data plane that must hold nothing when the test is over. */
export function start(context: TestContext, options: Partial<WorkersOptions> = {}): Running {
  const running = new Running(options);
  context.after(() => running.end());
  return running;
}
