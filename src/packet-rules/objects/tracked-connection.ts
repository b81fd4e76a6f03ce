import type { Connection } from '../../packets/connections/connection.ts';
import { Conversation } from '../../packets/streams/conversation.ts';
import type { MemoryBudget } from '../../packets/streams/memory-budget.ts';
import { addressText } from './address.ts';

const MAPPED = 0xffff;

const bytesOf = (words: Uint32Array): Uint8Array => {
  const bytes = Buffer.alloc(16);
  words.forEach((word, index) => {
    bytes.writeUInt32BE(word, index * 4);
  });
  const isIPv4 = words[0] === 0 && words[1] === 0 && words[2] === MAPPED;
  return isIPv4 ? bytes.subarray(12) : bytes;
};

/** A connection as rules know it, with its two streams. */
export class TrackedConnection {
  readonly connection: Connection<TrackedConnection>;
  readonly conversation: Conversation;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** A value of Lua, kept; rules may set it to any. */
  data: bigint | undefined;
  /** The dissector that takes its stream further. */
  next: string | undefined;

  constructor(connection: Connection<TrackedConnection>, budget: MemoryBudget, isPassThrough: boolean) {
    this.connection = connection;
    this.conversation = new Conversation(budget, isPassThrough);
    this.source = bytesOf(connection.clientAddress);
    this.destination = bytesOf(connection.serverAddress);
  }

  get sourcePort(): number {
    return this.connection.clientPort;
  }

  get destinationPort(): number {
    return this.connection.serverPort;
  }

  /** `A:port -> B:port`. */
  get text(): string {
    const source = `${addressText(this.source)}:${this.sourcePort}`;
    return `${source} -> ${addressText(this.destination)}:${this.destinationPort}`;
  }
}
