import { isIPv4 } from '../../net/address.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { Gate } from '../../verdict/judge/gate.ts';
import { isAdmitted } from '../../verdict/judge/verdict.ts';
import { Connection } from '../connection/connection.ts';
import type { ConnectionHost } from '../connection/host.ts';
import type { Introduction } from '../connection/proxy-protocol/introduction.ts';
import { judgedOf, trafficRecordOf } from '../connection/report.ts';
import type { Engine } from '../engine/engine.ts';
import type { Incoming } from '../engine/listener.ts';
import type { Stream } from '../engine/stream.ts';
import { applyVerdict } from './apply-verdict.ts';
import type { BlockSweep } from './block-sweep.ts';
import type { WorkerCounters } from './counters.ts';
import type { DrainingPolicies } from './draining-policies.ts';
import type { Expiry } from './expiry.ts';
import type { LoopWatch } from './loop-watch.ts';
import type { ListenerHost } from './policy-listener.ts';
import type { PolicyConnection, PolicyState } from './policy-state.ts';
import type { Refusals } from './refusals.ts';
import type { Reports } from './reports.ts';
import type { WaitingBytes } from './waiting-bytes.ts';

/** What every connection of a worker uses. */
export type WorkerParts = {
  readonly engine: Engine;
  readonly gate: Gate;
  readonly counters: WorkerCounters;
  readonly reports: Reports;
  readonly refusals: Refusals;
  readonly waitingBytes: WaitingBytes;
  readonly blocks: BlockSweep;
  readonly expiry: Expiry;
  readonly draining: DrainingPolicies;
  readonly loops: LoopWatch;
};

/** The worker as its listeners and connections see it: it takes connections in, counts them, and lets them go. */
export class WorkerConnections implements ConnectionHost, ListenerHost {
  readonly engine: Engine;
  readonly gate: Gate;
  readonly counters: WorkerCounters;
  readonly reports: Reports;
  readonly refusals: Refusals;
  readonly waitingBytes: WaitingBytes;
  readonly #blocks: BlockSweep;
  readonly #expiry: Expiry;
  readonly #draining: DrainingPolicies;
  readonly #loops: LoopWatch;
  readonly #source = new Uint32Array(4);
  /** Another process judges: here nobody knows how much a source holds that names itself only now. */
  isSucceeded = false;

  constructor(parts: WorkerParts) {
    const { engine, gate, counters, reports, refusals, waitingBytes } = parts;
    const { blocks, expiry, draining, loops } = parts;
    this.engine = engine;
    this.gate = gate;
    this.counters = counters;
    this.reports = reports;
    this.refusals = refusals;
    this.waitingBytes = waitingBytes;
    this.#blocks = blocks;
    this.#expiry = expiry;
    this.#draining = draining;
    this.#loops = loops;
  }

  get tickTime(): number {
    return this.#expiry.tickTime;
  }

  accepted(
    policy: PolicyState,
    ledgerEntry: number,
    client: Stream,
    introduction: Introduction,
    at: number,
  ): void {
    const connection = new Connection(this, policy, ledgerEntry, client, introduction, at);
    this.counters.clientOpened();
    policy.add(connection);
    connection.start();
  }

  cameFrom(address: Uint32Array): void {
    this.#loops.cameFrom(address, this.tickTime);
  }

  labelOf(policy: number, port: number): number {
    return this.#loops.labelOf(policy, port, this.tickTime);
  }

  looped(origin: number, incoming: Incoming): void {
    this.counters.looped();
    const address = incoming.localAddressText();
    this.reports.looped(origin, endpointText({ address, port: incoming.localPort() }));
  }

  sourceOf(ledgerEntry: number): Uint32Array {
    this.gate.addressOf(ledgerEntry, this.#source);
    return this.#source;
  }

  /** The network of a source, as a key: the address of IPv4, 64 bits of IPv6. The same for all without an entry. */
  networkOf(ledgerEntry: number): string {
    if (ledgerEntry < 0) return '';
    const source = this.sourceOf(ledgerEntry);
    return (isIPv4(source) ? source : source.subarray(0, 2)).join(':');
  }

  identified(policy: PolicyState, connection: PolicyConnection): boolean {
    const { facts } = connection;
    if (facts.introduction !== 'source') return true;
    if (this.isSucceeded) return false;
    if (facts.announced === null && policy.snapshot.proxyProtocol?.exemptsProbes === true) {
      this.counters.admitted();
      policy.counters.admitted();
      return true;
    }
    // Where nobody is named, the peer is who it is.
    const source = facts.announced?.source ?? this.sourceOf(facts.ledgerEntry);
    const verdict = this.gate.identify(facts.ledgerEntry, policy.limit, source, this.engine.now());
    // The gate has released the entry of a refused one: the sweep for blocks must not ask for it any more.
    facts.isRefused = !isAdmitted(verdict);
    if (facts.isRefused) facts.ledgerEntry = -1;
    return applyVerdict(this, verdict, policy, judgedOf(connection));
  }

  headerFailed(policy: PolicyState, { streams }: PolicyConnection, reason: string): void {
    this.counters.headerFailed();
    policy.counters.refused('header');
    const peer = streams.clientAddresses()?.remoteAddress ?? '';
    this.reports.headerFailed(policy.id, peer, reason);
    if (this.refusals.isGuarded) this.refusals.unannounced(policy.limit, peer);
  }

  clientStalls(ledgerEntry: number, isStalled: boolean): void {
    if (ledgerEntry >= 0) this.gate.stalls(ledgerEntry, isStalled);
  }

  clientClosing(ledgerEntry: number): void {
    if (ledgerEntry >= 0) this.gate.closing(ledgerEntry);
    this.counters.clientClosing();
  }

  clientOver(ledgerEntry: number): void {
    if (ledgerEntry >= 0) this.gate.over(ledgerEntry);
  }

  clientClosed(ledgerEntry: number): void {
    if (ledgerEntry >= 0) this.gate.release(ledgerEntry);
    this.counters.clientClosed();
  }

  memberClosed(): void {
    this.counters.memberClosed();
  }

  finished(policy: PolicyState, connection: PolicyConnection): void {
    policy.remove(connection);
    countEnd(policy, connection);
    const ends = connection.streams.clientAddresses();
    if (policy.snapshot.trafficLog && ends !== null && connection.state !== 'header') {
      const { engine } = this;
      this.reports.ended(trafficRecordOf(connection, ends, policy.id, engine.now(), engine.wallClock()));
    }
    this.#draining.ended(policy);
  }

  blockStarted(): void {
    this.#blocks.ask();
  }

  outOfDescriptors(connections: number): void {
    for (let count = 0; count < connections; count++) this.counters.outOfDescriptors();
    this.reports.outOfDescriptors(connections);
  }
}

/** One whose header has not come, or whose source was refused then, is counted where that is found. */
function countEnd({ counters }: PolicyState, { facts, state, streams }: PolicyConnection): void {
  if (state === 'header' || facts.isRefused) return;
  const cause = facts.cause ?? 'finished';
  counters.ended(cause);
  if (streams.isEstablished) return;
  if (cause === 'script') counters.refused('script');
  else if (cause === 'no-member') counters.refused('no_member');
}
