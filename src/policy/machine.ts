/** Whether an address is one of this machine. */
export type IsLocal = (address: string) => boolean;

/** What of the machine a configuration is compiled for. */
export type Machine = {
  readonly isLocal: IsLocal;
  /** Its clock, in milliseconds since 1970: what has expired has no effect. */
  readonly now: number;
  /** Its network interfaces with the addresses that can be listened on: without a zone. */
  interfaces(): ReadonlyMap<string, readonly string[]>;
};
