/** A way to a syslog server. */
export interface SyslogConnection {
  /** It will take no more messages. */
  readonly isBroken: boolean;
  /** Why it is broken, where that is known. */
  readonly failure: Error | undefined;
  /** What is known of the other side. */
  readonly peer: string;
  /** Resolves when the system has taken them; rejects where it will not take all. */
  send(messages: readonly Buffer[]): Promise<void>;
  close(): void;
}
