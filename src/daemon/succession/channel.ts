import type { Duplex } from 'node:stream';
import { deserialize, serialize } from 'node:v8';
import type { Event } from '../../events/events.ts';
import type { KeptBlock } from '../../system/kept-blocks.ts';
import type { TrafficRecord, ViolationRecord } from '../../verdict/judge/records.ts';
import type { EntryChanges } from '../../verdict/upkeep/entry-changes.ts';

/** Of the messages below. One of another number does not take over, nor hand over. */
export const protocol = 4;

/** From the process that hands over to the one that takes over. */
export type ToSuccessor =
  | ({ readonly type: 'connections' } & EntryChanges)
  /** Nobody is let in any more: the lock of the state directory follows as a descriptor. */
  | {
      readonly type: 'own';
      /** Of members that are known by names. */
      readonly addresses: ReadonlyMap<string, string>;
    }
  /** Nobody accepts any more: the sockets of these follow as descriptors, in this order. */
  | { readonly type: 'take'; readonly listeners: readonly HandedListener[] }
  /** So many descriptors have been sent. */
  | { readonly type: 'descriptors'; readonly count: number }
  | { readonly type: 'event'; readonly event: Event; readonly time: number }
  | { readonly type: 'traffic'; readonly records: readonly TrafficRecord[] }
  | { readonly type: 'violations'; readonly records: readonly ViolationRecord[] };

/** A listening socket: the descriptors of its queues, then that of its guard, if it has one. */
export type HandedListener = {
  readonly address: string;
  readonly port: number;
  readonly queues: number;
  readonly hasGuard: boolean;
  readonly isLent: boolean;
};

/** The other way. */
export type ToPredecessor =
  /** All code is loaded. */
  | { readonly type: 'ready'; readonly protocol: number }
  | { readonly type: 'received' }
  /** Workers run the configuration, and have nothing to accept from yet. */
  | { readonly type: 'prepared' }
  /** Connections are accepted. */
  | { readonly type: 'serving' }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'blocked'; readonly blocks: readonly KeptBlock[] }
  /** Row ids: of the policies that still let somebody in, and of the members that may have no connection any more. */
  | {
      readonly type: 'configured';
      readonly policies: readonly number[];
      readonly cutMembers: readonly number[];
    }
  /** The process that says it is about to end: connections have so many milliseconds, and 0 resets them at once. */
  | { readonly type: 'end'; readonly within: number };

/** The process that takes over, as the other one sees it; and the other way. */
export type Successor = Channel<ToPredecessor, ToSuccessor>;
export type Predecessor = {
  /** Has what it reports from now on, with what it has reported before. */
  listen(receive: (message: Reported) => void): void;
  send(message: ToPredecessor): void;
  /** Resolves when nobody accepts there any more, and all that it had is here. Rejects where it is gone before. */
  readonly taken: Promise<void>;
  readonly ended: Promise<void>;
};

/** What it reports all the time. */
export type Reported = Exclude<ToSuccessor, { type: 'own' | 'take' | 'descriptors' }>;

const LENGTH_BYTES = 4;

/** Messages between two processes of the same code, in their order. */
export class Channel<In, Out> {
  readonly #socket: Duplex;
  #received = Buffer.alloc(0);
  readonly #waiting: In[] = [];
  #receive: ((message: In) => void) | undefined;
  /** Resolves when the other process is gone, or has ended it. */
  readonly ended: Promise<void>;

  constructor(socket: Duplex) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    socket.on('data', (bytes) => this.#take(Buffer.from(bytes)));
    socket.on('error', () => resolve());
    socket.on('end', () => resolve());
    socket.on('close', () => resolve());
  }

  /** Nothing happens where the other process is gone. */
  send(message: Out): void {
    if (!this.#socket.writable) return;
    const bytes = serialize(message);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(bytes.length);
    this.#socket.write(Buffer.concat([length, bytes]));
  }

  /** Has each message from now on, those first that have come before. */
  listen(receive: (message: In) => void): void {
    this.#receive = receive;
    for (const message of this.#waiting.splice(0)) this.#receive(message);
  }

  /** Resolves when all is sent. */
  async end(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.once('close', resolve);
    this.#socket.end(resolve);
    await promise;
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    while (this.#received.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.#received.readUInt32LE();
      if (this.#received.length < end) return;
      const message: In = deserialize(this.#received.subarray(LENGTH_BYTES, end));
      this.#received = this.#received.subarray(end);
      if (this.#receive === undefined) this.#waiting.push(message);
      else this.#receive(message);
    }
  }
}
