import { join } from 'node:path';
import { folderOnDemand } from '../../modules/folder.ts';
import type { FieldObjection } from '../../policy/field-objection.ts';
import type { Reading, Reveal } from '../../policy/reading.ts';
import type { NumberedRecord } from '../records/record.ts';

/** The way to one destination, and how much goes there at once. */
export interface Sender<Item> {
  /** For events and the status. */
  readonly name: string;
  /** How a record is sent, for whoever tests it. */
  readonly way: string;
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
  /** Rejects where none of them could be sent, and at once when it is aborted. */
  send(items: readonly Item[], signal: AbortSignal): Promise<void>;
  /** What the destination said to what was sent last; rejects with why it will not have it. */
  answer(): Promise<string>;
  /** Ends the connection, if there is one: the next `send` opens another. */
  close(): void;
}

/** What the settings of any destination say. Plain data. */
export type DestinationSettings = {
  /** Row id: what a destination is, whatever it is called. */
  readonly id: number;
  /** Row id of its policy, which triggers name. */
  readonly policy: number;
};

/** A kind of destination, such as syslog servers. Each is a file in src/logs/destinations, and known by its name. */
export type DestinationKind<Settings extends DestinationSettings, Item> = {
  /** Those that are configured. */
  compile(reading: Reading): readonly Settings[];
  /** What is missing in their configuration. */
  objections(reading: Reading): readonly FieldObjection[];
  open(settings: Settings, reveal: Reveal): Sender<Item>;
};

/** Settings by the kind that has compiled them, and that alone reads them. */
export type DestinationsByKind = ReadonlyMap<string, readonly DestinationSettings[]>;

export const destinationKinds = folderOnDemand<DestinationKind<DestinationSettings, unknown>>(
  join(import.meta.dirname, '..', 'destinations'),
);
