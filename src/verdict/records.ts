/** What the decision reports. Plain data: it crosses from a worker to the main thread as a message. */

/** One line's worth of an episode: the violations of one source under one policy. */
export type ViolationRecord = {
  /** `start`: the first violation, at once. `end`: the last line, when the episode is over. */
  readonly phase: 'start' | 'end';
  /** Wall-clock time of the violation (start) or of the last one (end), in milliseconds since 1970. */
  readonly time: number;
  /** Row id of the policy. */
  readonly policy: number;
  /** The client's address and port; at `end` the masked source and port 0. */
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly threshold: number;
  /** Connections that the source held when the line was made. */
  readonly open: number;
  /** The most that it held at once during the episode. */
  readonly peak: number;
  /** Violations that this line stands for: the sum over all lines is the number of violations. */
  readonly count: number;
  /**
   * Connections that enforcement refused or would have refused. More than `count` is possible in
   * monitor-mode: within the block that enforcement would have made, a connection of a source below the
   * threshold is no violation.
   */
  readonly wouldRefuse: number;
};
