import type { RaisedEvent } from '../../events/events.ts';
import {
  descriptorsExhausted,
  loopRefused,
  proxyHeaderRefused,
  waitingBytesExhausted,
} from '../../events/workers.ts';
import type { TrafficRecord, ViolationRecord } from '../../verdict/judge/records.ts';
import type { Engine } from '../engine/engine.ts';
import type { FromWorker } from './messages.ts';
import { Throttle } from './throttle.ts';

/** Milliseconds between two batches of records and events, at least. */
const batchInterval = 100;
/** Milliseconds between two reports of a fault that goes on. */
const complaintInterval = 10_000;

type Loop = { readonly endpoint: string; readonly refused: number };
type HeaderFailure = { readonly peer: string; readonly reason: string; readonly refused: number };

/** The number of a worker, and the descriptors that all workers together may use. */
export type WorkerTraits = { readonly worker: number; readonly descriptorLimit: number };

/** Reports of one worker to the main thread, gathered so that a flood of connections is no flood of messages. */
export class Reports {
  readonly #worker: WorkerTraits;
  readonly #post: (message: FromWorker) => void;
  readonly #reporting: Throttle;
  readonly #complaining: Throttle;
  readonly #exhausting: Throttle;
  readonly #lackingMemory: Throttle;
  #violations: ViolationRecord[] = [];
  #traffic: TrafficRecord[] = [];
  #events: RaisedEvent[] = [];
  /** By policy: the last failure, and how many there were. */
  readonly #headerFailures = new Map<number, HeaderFailure>();
  /** By the policy that connects: where it came last, and how often. */
  readonly #loops = new Map<number, Loop>();
  #refused = 0;
  #resetForMemory = 0;

  constructor(engine: Engine, worker: WorkerTraits, post: (message: FromWorker) => void) {
    this.#worker = worker;
    this.#post = post;
    this.#reporting = new Throttle(engine, batchInterval, () => this.#report());
    this.#complaining = new Throttle(engine, complaintInterval, () => this.#complain());
    this.#exhausting = new Throttle(engine, complaintInterval, () => this.#reportExhausted());
    this.#lackingMemory = new Throttle(engine, complaintInterval, () => this.#reportMemory());
  }

  violated(record: ViolationRecord): void {
    this.#violations.push(record);
    this.#reporting.ask();
  }

  ended(record: TrafficRecord): void {
    this.#traffic.push(record);
    this.#reporting.ask();
  }

  happened(event: RaisedEvent): void {
    this.#events.push(event);
    this.#reporting.ask();
  }

  headerFailed(policy: number, peer: string, reason: string): void {
    const refused = (this.#headerFailures.get(policy)?.refused ?? 0) + 1;
    this.#headerFailures.set(policy, { peer, reason, refused });
    this.#complaining.ask();
  }

  looped(policy: number, endpoint: string): void {
    const refused = (this.#loops.get(policy)?.refused ?? 0) + 1;
    this.#loops.set(policy, { endpoint, refused });
    this.#complaining.ask();
  }

  outOfDescriptors(connections: number): void {
    this.#refused += connections;
    this.#exhausting.ask();
  }

  outOfMemory(connections: number): void {
    this.#resetForMemory += connections;
    this.#lackingMemory.ask();
  }

  /** Sends at once what is waiting, while the main thread still knows the policies, or is still there. */
  flush(): void {
    this.#report();
    this.#complain();
    if (this.#refused > 0) this.#reportExhausted();
    if (this.#resetForMemory > 0) this.#reportMemory();
  }

  #report(): void {
    const violations = this.#violations;
    const traffic = this.#traffic;
    const events = this.#events;
    this.#violations = [];
    this.#traffic = [];
    this.#events = [];
    if (violations.length > 0) this.#post({ type: 'violations', records: violations });
    if (traffic.length > 0) this.#post({ type: 'traffic', records: traffic });
    if (events.length > 0) this.#post({ type: 'events', events });
  }

  #complain(): void {
    const failures = [...this.#headerFailures];
    const loops = [...this.#loops];
    this.#headerFailures.clear();
    this.#loops.clear();
    const events: RaisedEvent[] = [
      ...failures.map(([policy, failure]) => proxyHeaderRefused({ policy, ...failure })),
      ...loops.map(([policy, loop]) => loopRefused({ policy, ...loop })),
    ];
    if (events.length > 0) this.#post({ type: 'events', events });
  }

  #reportExhausted(): void {
    const refused = this.#refused;
    this.#refused = 0;
    const { worker, descriptorLimit: limit } = this.#worker;
    this.#post({ type: 'events', events: [descriptorsExhausted({ worker, refused, limit })] });
  }

  #reportMemory(): void {
    const refused = this.#resetForMemory;
    this.#resetForMemory = 0;
    const { worker } = this.#worker;
    this.#post({ type: 'events', events: [waitingBytesExhausted({ worker, refused })] });
  }
}
