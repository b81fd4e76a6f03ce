import type { Reason } from '../table/reasons.ts';

/** What the decision reports. Plain data: it crosses from a worker to the main thread as a message. */

/** One line's worth of an episode: the violations of one source under one policy. */
export type ViolationRecord = {
  /** `start`: the first violation, at once. `summary`: one interval. `end`: the last line, when the episode is over. */
  readonly phase: 'start' | 'summary' | 'end';
  /** Of the violation that started the episode. */
  readonly reason: Reason;
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
  /** Of those, the silent ones. */
  readonly silent: number;
  /** Connections that it was known to hold at other nodes; absent: none. */
  readonly elsewhere?: number;
  /** Violations that this line stands for: the sum over all lines is the number of violations. */
  readonly count: number;
  /**
   * Connections that enforcement refused or would have refused. More than `count` is possible in
   * monitor-mode: within the block that enforcement would have made, a connection of a source below the
   * threshold is no violation.
   */
  readonly wouldRefuse: number;
  /**
   * Packets by which the source tried to connect and which the kernel has refused, since the line before: in none of the
   * other numbers. Absent: the kernel has refused none.
   */
  readonly kernelRefused?: number;
  /** Violations of the whole episode up to this line. */
  readonly total: number;
  /** Milliseconds from its first violation to its last. */
  readonly duration: number;
};

/** The ends of a connection, and what has passed between them. */
export type RelayedConnection = {
  /** The source as it was judged, and the peer of the socket, which differ behind a proxy. */
  readonly source: string;
  readonly sourcePort: number;
  readonly peer: string;
  readonly destination: string;
  readonly destinationPort: number;
  /** '' and 0 while no member is reached. */
  readonly member: string;
  readonly memberPort: number;
  /** Bytes from the client and to the client. */
  readonly received: number;
  readonly sent: number;
};

/** One connection that has ended. */
export type TrafficRecord = RelayedConnection & {
  /** Wall-clock time of its end, in milliseconds since 1970. */
  readonly time: number;
  /** Row id of the policy. */
  readonly policy: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly cause: TrafficCause;
};

/** How a connection came to its end. */
export type TrafficCause =
  | 'finished'
  | 'client-reset'
  | 'member-reset'
  | 'no-member'
  | 'idle'
  | 'no-memory'
  | 'cut'
  | 'script';
