import type { Destinations } from '../../policy/logging/destinations.ts';
import type { NumberedRecord } from '../records/record.ts';

/** Clear text of a sealed secret. Throws with what to do where it can't be had. */
export type Reveal = (sealed: string) => string;

/** The way to one destination, and how much goes there at once. */
export interface Sender<Item> {
  /** For events and the status. */
  readonly name: string;
  /** Items that may wait. */
  readonly limit: number;
  /** Items that `send` takes at most. */
  readonly batch: number;
  /** Milliseconds that the first item waits for others. */
  readonly delay: number;
  /** What the destination would not take of what was sent last, or ''. */
  readonly refusal: string;
  /** What is sent of a record. Undefined: nothing, since it is not severe enough. */
  itemOf(record: NumberedRecord): Item | undefined;
  /** Rejects where none of them could be sent. */
  send(items: readonly Item[]): Promise<void>;
  /** Ends the connection, if there is one: the next `send` opens another. */
  close(): void;
}

/** One kind of destination: a server, a mailbox. Each has a file in this folder, and a line in targets.ts. */
export type DestinationKind<Settings, Item> = {
  /** Those that are configured. */
  settingsOf(destinations: Destinations): readonly Settings[];
  /** The row id by which triggers name it. */
  namedBy(settings: Settings): number;
  open(settings: Settings, reveal: Reveal): Sender<Item>;
};
