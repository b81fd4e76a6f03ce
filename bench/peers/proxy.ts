/** The ports of a proxy under test. Each counts the connections of a source before it relays them to the backend. */
export type Ports = {
  /** A source may hold as many as the test opens. */
  readonly relay: number;
  /** A source may hold one connection: every further one is refused, unlogged. */
  readonly guarded: number;
  /** As `relay`, with what the proxy has for its users on the way: a script, or another way to move bytes. */
  readonly special: number;
  readonly backend: number;
};

export const mostHeld = 60_000;

/** A running proxy of one worker. */
export type RunningProxy = {
  readonly name: string;
  readonly ports: Ports;
  /** The processes that serve connections. */
  processes(): readonly number[];
  stop(): Promise<void>;
};

/** The ports of the `index`-th proxy of a run. */
export function portsOf(index: number, backend: number): Ports {
  const first = backend + 1 + index * 3;
  return { relay: first, guarded: first + 1, special: first + 2, backend };
}
