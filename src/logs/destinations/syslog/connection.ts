/** A way to a syslog server. */
export interface SyslogConnection {
  /** It will take no more messages. */
  readonly isBroken: boolean;
  /** Resolves when the system has taken them; rejects where it will not take all. */
  send(messages: readonly Buffer[]): Promise<void>;
  close(): void;
}
