import type { Gate } from '../../verdict/judge/gate.ts';
import type { Judgement } from '../../verdict/judge/judgement.ts';
import { thresholdOf } from '../../verdict/judge/limit.ts';
import type { ViolationRecord } from '../../verdict/judge/records.ts';
import {
  ADMIT,
  ADMIT_REPORT,
  REFUSE_LEDGER_FULL,
  REFUSE_REPORT,
  REFUSE_TABLE_FULL,
  REFUSE_UNREPORTED,
  type Verdict,
} from '../../verdict/judge/verdict.ts';
import type { Judged } from '../connection/report.ts';
import type { Engine } from '../engine/engine.ts';
import type { WorkerCounters } from './counters.ts';
import type { RefusalReason } from './policy-counters.ts';
import type { PolicyState } from './policy-state.ts';
import type { Refusals } from './refusals.ts';
import type { Reports } from './reports.ts';

/** Where the consequences of a verdict go. */
export interface VerdictHost {
  readonly engine: Engine;
  readonly gate: Gate;
  readonly counters: WorkerCounters;
  readonly reports: Reports;
  readonly refusals: Refusals;
  blockStarted(): void;
  outOfDescriptors(connections: number): void;
}

/** Counts and reports what the gate has just decided. Returns whether the connection is admitted. */
export function applyVerdict(
  host: VerdictHost,
  verdict: Verdict,
  policy: PolicyState,
  judged: Judged,
): boolean {
  const { counters, gate, reports, refusals } = host;
  switch (verdict) {
    case ADMIT:
      countAdmitted(host, policy);
      return true;
    case ADMIT_REPORT:
      countAdmitted(host, policy);
      if (gate.judgement.firstViolation) reports.violated(recordOf(host, policy, judged));
      return true;
    case REFUSE_REPORT:
      counters.refused();
      policy.counters.refused(refusalOf(gate.judgement));
      if (gate.judgement.firstViolation) reports.violated(recordOf(host, policy, judged));
      if (gate.judgement.startedBlock) {
        policy.counters.blockStarted();
        host.blockStarted();
      }
      if (refusals.isGuarded) refusals.refused(policy.limit, judged.addressText(), gate.judgement);
      return false;
    case REFUSE_UNREPORTED:
      counters.refused();
      policy.counters.refused(refusalOf(gate.judgement));
      if (refusals.isGuarded) refusals.refused(policy.limit, judged.addressText(), gate.judgement);
      return false;
    case REFUSE_TABLE_FULL:
      counters.refused();
      policy.counters.refused('table_full');
      if (refusals.isGuarded) refusals.unplaced(policy.limit, judged.addressText());
      return false;
    case REFUSE_LEDGER_FULL:
      policy.counters.refused('descriptors');
      host.outOfDescriptors(1);
      return false;
  }
}

function countAdmitted({ counters, gate }: VerdictHost, policy: PolicyState): void {
  counters.admitted();
  policy.counters.admitted();
  if (gate.judgement.wouldRefuse) policy.counters.wouldRefuse();
}

function refusalOf({ inBlock, reason }: Judgement): RefusalReason {
  if (inBlock) return 'block';
  switch (reason) {
    case 'connections':
      return 'threshold';
    case 'silent':
    case 'crowded':
    case 'unconfirmed':
      return reason;
    case 'black-ip':
    case 'allow-only':
      return 'ip_list';
    case 'script':
    case 'by-hand':
      return 'block';
  }
}

function recordOf(
  { engine, gate: { judgement } }: VerdictHost,
  policy: PolicyState,
  judged: Judged,
): ViolationRecord {
  return {
    phase: 'start',
    reason: judgement.reason,
    time: engine.wallClock(),
    policy: policy.id,
    source: judged.addressText(),
    sourcePort: judged.port(),
    destination: judged.localAddressText(),
    destinationPort: judged.localPort(),
    threshold: thresholdOf(policy.limit, judgement.reason),
    open: judgement.open,
    peak: judgement.peak,
    silent: judgement.silent,
    ...(judgement.elsewhere > 0 ? { elsewhere: judgement.elsewhere } : {}),
    count: 1,
    wouldRefuse: judgement.wouldRefuse ? 1 : 0,
    total: 1,
    duration: 0,
  };
}
