/** What nodes have between them, while it can be reached. Every call rejects once it can't. */
export interface SharedStore {
  /** `192.0.2.7:6379` */
  readonly server: string;
  clock(): Promise<ClockReading>;
  publish(channel: string, message: Uint8Array): Promise<void>;
  /** A value that ends by itself after so many milliseconds. */
  keep(key: string, value: Uint8Array, milliseconds: number): Promise<void>;
  /** Null: there is none, or it has ended. */
  fetch(key: string): Promise<Buffer | null>;
  /** Fields of a hash. */
  put(hash: string, fields: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** Null: there is none. */
  get(place: FieldPlace): Promise<Buffer | null>;
  /** As `put`, if a field is what `get` has given, and not otherwise. Whether it was. */
  replace(
    place: FieldPlace,
    expected: Uint8Array | null,
    fields: ReadonlyMap<string, Uint8Array>,
  ): Promise<boolean>;
  /**
   * All fields of a hash, some at a time; of one that is longer than any that nodes write only the beginning of its name.
   * Rejects where there are more than `most`.
   */
  scan(hash: string, most: number): AsyncIterable<ReadonlyMap<string, Buffer>>;
  remove(hash: string, fields: readonly string[]): Promise<void>;
  /** Resolves with why, once it can't be reached any more. */
  readonly lost: Promise<string>;
  close(): void;
}

/** The clock of a store, in milliseconds. */
export type ClockReading = {
  /** What it says when `performance.now` is 0, on an average of the time that it took to ask. */
  readonly offset: number;
  /** By so much it can be wrong: the answer took its time, or nobody read it. */
  readonly error: number;
};

/** A field of a hash, of which no more bytes than these are wanted. */
export type FieldPlace = { readonly hash: string; readonly field: string; readonly longest: number };

export type Listener = (message: Buffer) => void;
