import { addressBytes } from '../../net/address-bytes.ts';
import type { Connection } from '../../packets/connections/connection.ts';
import { Conversation } from '../../packets/streams/conversation.ts';
import type { MemoryBudget } from '../../packets/streams/memory-budget.ts';
import { addressText } from '../objects/values/address.ts';

/**
 * Bytes that a connection takes that holds nothing and has no stream yet, with its place in the table and what Lua has
 * of it: measured, and rounded up.
 */
export const connectionCost = 1152;

/** A connection as rules know it, with its two streams. */
export class TrackedConnection {
  readonly connection: Connection<TrackedConnection>;
  readonly conversation: Conversation;
  /** A value of Lua, kept; rules may set it to any. `new table`: one that is made when it is asked for. */
  data: bigint | 'new table' | undefined;
  /** The dissector that takes its stream further. */
  next: string | undefined;

  constructor(connection: Connection<TrackedConnection>, budget: MemoryBudget, isPassThrough: boolean) {
    this.connection = connection;
    this.conversation = new Conversation(budget, isPassThrough);
  }

  get source(): Uint8Array {
    return addressBytes(this.connection.clientAddress);
  }

  get destination(): Uint8Array {
    return addressBytes(this.connection.serverAddress);
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
