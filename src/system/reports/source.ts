/** A source in the sources table. */
export type SourceReport = {
  readonly policy: string;
  /** The masked address; with its prefix length where that is not the whole address. */
  readonly source: string;
  readonly open: number;
  /** Connections that it holds at other nodes of a cluster, as far as is known. */
  readonly elsewhere: number;
  /** Of `open`, the connections that enforcement would have admitted. */
  readonly shadow: number;
  readonly silent: number;
  /** The most that it held at once since it is in the table. */
  readonly peak: number;
  readonly refused: number;
  /** Seconds until its block ends; 0 = not blocked. */
  readonly blocked: number;
};

export type SourceOrder = 'open' | 'refused' | 'silent' | 'blocked';
