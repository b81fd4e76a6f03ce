import type { Gate } from '../verdict/gate.ts';
import type { ViolationRecord } from '../verdict/records.ts';
import {
  ADMIT,
  ADMIT_REPORT,
  REFUSE_LEDGER_FULL,
  REFUSE_REPORT,
  REFUSE_TABLE_FULL,
  REFUSE_UNREPORTED,
} from '../verdict/verdict.ts';
import type { WorkerCounters } from './counters.ts';
import type { Engine, Incoming, ListenHandler, Stream } from './engine.ts';
import type { PolicyState } from './policy-state.ts';

/** What a listener needs of the worker that it lives in. */
export interface ListenerHost {
  readonly engine: Engine;
  readonly gate: Gate;
  readonly counters: WorkerCounters;
  admitted(policy: PolicyState, ledgerEntry: number, client: Stream): void;
  violated(record: ViolationRecord): void;
  blockStarted(): void;
  outOfDescriptors(connections: number): void;
  listenerFailed(listener: PolicyListener, message: string): void;
}

/** Decides on each connection of one listener, for the policy that owns it now. */
export class PolicyListener implements ListenHandler {
  readonly key: string;
  policy: PolicyState;
  private readonly host: ListenerHost;

  constructor(host: ListenerHost, key: string, policy: PolicyState) {
    this.host = host;
    this.key = key;
    this.policy = policy;
  }

  decide(incoming: Incoming): boolean {
    const { counters, engine, gate } = this.host;
    if (!counters.hasRoom) {
      this.host.outOfDescriptors(1);
      return false;
    }
    const verdict = gate.admit(this.policy.limit, incoming.address, engine.now());
    switch (verdict) {
      case ADMIT:
        return true;
      case ADMIT_REPORT:
        if (gate.firstViolation) this.host.violated(this.record(incoming));
        return true;
      case REFUSE_REPORT:
        counters.refused();
        if (gate.firstViolation) this.host.violated(this.record(incoming));
        if (gate.startedBlock) this.host.blockStarted();
        return false;
      case REFUSE_UNREPORTED:
      case REFUSE_TABLE_FULL:
        counters.refused();
        return false;
      case REFUSE_LEDGER_FULL:
        this.host.outOfDescriptors(1);
        return false;
    }
  }

  accepted(stream: Stream): void {
    this.host.admitted(this.policy, this.host.gate.connection, stream);
  }

  exhausted(connections: number): void {
    this.host.outOfDescriptors(connections);
  }

  failed(message: string): void {
    this.host.listenerFailed(this, message);
  }

  private record(incoming: Incoming): ViolationRecord {
    const { engine, gate } = this.host;
    return {
      phase: 'start',
      reason: 'connections',
      time: engine.wallClock(),
      policy: this.policy.id,
      source: incoming.addressText(),
      sourcePort: incoming.port(),
      destination: incoming.localAddressText(),
      destinationPort: incoming.localPort(),
      threshold: this.policy.limit.threshold,
      open: gate.open,
      peak: gate.peak,
      silent: 0,
      count: 1,
      wouldRefuse: gate.wouldRefuse ? 1 : 0,
      total: 1,
      duration: 0,
    };
  }
}
