import type { Reason } from './records.ts';

/** What a gate says of its last verdict; the next one overwrites it. */
export class Outcome {
  /** Number of the admitted connection, from 0; -1 when it was refused. */
  connection = -1;
  /** Whether the admitted connection is counted: not when the table was full and the setting is `open`. */
  counted = false;
  /** Connections that the source holds, the admitted one included. */
  open = 0;
  /** The silent ones of those. */
  silent = 0;
  /**
   * The most that it held at once: during the episode if this is a violation, else since it is in the table.
   */
  peak = 0;
  /** Of a violation: what it broke. */
  reason: Reason = 'connections';
  /** Enforcement refused it, or would have. */
  wouldRefuse = false;
  /** This violation starts an episode: to be reported at once, in a line of count 1. */
  firstViolation = false;
  /** This violation starts an enforced block: every worker is to close what the source holds. */
  startedBlock = false;

  protected forget(): void {
    this.connection = -1;
    this.counted = false;
    this.open = 0;
    this.silent = 0;
    this.peak = 0;
    this.reason = 'connections';
    this.wouldRefuse = false;
    this.firstViolation = false;
    this.startedBlock = false;
  }
}
