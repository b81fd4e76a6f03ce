import type { Reason } from '../table/reasons.ts';

/** What a gate says of its last verdict; the next one overwrites it. */
export type Judgement = {
  /** Number of the admitted connection, from 0; -1 when it was refused. */
  readonly connection: number;
  /** Whether the admitted connection is counted: not when the table was full and the setting is `open`. */
  readonly counted: boolean;
  /** Connections that the source holds, the admitted one included. */
  readonly open: number;
  /** The silent ones of those. */
  readonly silent: number;
  /** Connections that it is known to hold at other nodes. */
  readonly elsewhere: number;
  /** The most that it held at once: during the episode if this is a violation, else since it is in the table. */
  readonly peak: number;
  /** Of a violation: what it broke. */
  readonly reason: Reason;
  /** Enforcement refused it, or would have. */
  readonly wouldRefuse: boolean;
  /** A block that ran already refused it. */
  readonly inBlock: boolean;
  /** This violation starts an episode: to be reported at once, in a line of count 1. */
  readonly firstViolation: boolean;
  /** This violation starts an enforced block: every worker is to close what the source holds. */
  readonly startedBlock: boolean;
};

/** As the gate writes it: one object for all verdicts, so that a verdict allocates nothing. */
export type JudgementInWork = { -readonly [field in keyof Judgement]: Judgement[field] };

export function emptyJudgement(): JudgementInWork {
  return {
    connection: -1,
    counted: false,
    open: 0,
    silent: 0,
    elsewhere: 0,
    peak: 0,
    reason: 'connections',
    wouldRefuse: false,
    inBlock: false,
    firstViolation: false,
    startedBlock: false,
  };
}

/** Makes it an empty one again. */
export function clearJudgement(judgement: JudgementInWork): void {
  judgement.connection = -1;
  judgement.counted = false;
  judgement.open = 0;
  judgement.silent = 0;
  judgement.elsewhere = 0;
  judgement.peak = 0;
  judgement.reason = 'connections';
  judgement.wouldRefuse = false;
  judgement.inBlock = false;
  judgement.firstViolation = false;
  judgement.startedBlock = false;
}
