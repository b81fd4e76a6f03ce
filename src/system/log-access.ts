import type { Author } from '../store/author.ts';

/** Whoever implements the logs needs nothing of the store. */
export type { Author };

/** A record as it was written: the line, and what it says. */
export type LogLine = {
  readonly line: string;
  readonly fields: Readonly<Record<string, string | number>>;
};

/** A column of the short form in which a screen shows the records of a log. */
export type LogColumn = {
  readonly title: string;
  /** Of most of its values; what is wider is shown whole. */
  readonly usualWidth: number;
  text(fields: LogLine['fields']): string | number;
};

/** How a syslog server or an email policy stands; numbers of records. `lastError`: '' where the last attempt went well. */
export type DestinationStatus = {
  readonly destination: string;
  readonly sent: number;
  readonly queued: number;
  readonly dropped: number;
  readonly lastError: string;
};

/** What became of a record that was sent to a destination to test it. */
export type DestinationTest = {
  readonly destination: string;
  /** How it was sent: with a syslog server framing, header, facility and format. */
  readonly way: string;
  readonly isSent: boolean;
  /** What the other side said, or why it was not sent. */
  readonly answer: string;
};

/** What the log files hold. It is there whether Levee runs or not. */
export interface LogRecords {
  /** What there are logs of, such as `attack`, with a line of help each. */
  readonly kinds: ReadonlyMap<string, string>;
  /** Every key that a record can have, with a line of help each. */
  readonly keys: ReadonlyMap<string, string>;
  /** The short form of the records of a log. */
  columns(kind: string): readonly LogColumn[];
  /** The newest records of the log files that match, at most `count`, the oldest first. Rejects where they can't be read. */
  newest(
    kind: string,
    count: number,
    matches: (fields: LogLine['fields']) => boolean,
    signal: AbortSignal,
  ): Promise<readonly LogLine[]>;
}

/** The logs of a running Levee, as operations reach them. */
export interface LogAccess {
  /** Calls the listener with each record as it is written, until the returned function is called. */
  follow(kind: string, listener: (line: LogLine) => void): () => void;
  status(): readonly DestinationStatus[];
  /** Sends a record to each destination of a trigger policy, over a connection of its own. */
  test(trigger: string, author: Author, signal: AbortSignal): Promise<readonly DestinationTest[]>;
}
