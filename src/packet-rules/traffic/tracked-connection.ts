import { addressBytes } from '../../net/address-bytes.ts';
import type { CapturedConnection } from '../../packets/connections/captured-connection.ts';
import type { Acknowledgements } from '../../packets/streams/acknowledgements.ts';
import { Conversation } from '../../packets/streams/conversation.ts';
import type { MemoryBudget } from '../../packets/streams/memory-budget.ts';
import { addressText } from '../objects/values/address.ts';

/**
 * Bytes that a connection takes before it holds data or streams, with its entry in the table and its object in Lua:
 * measured, and rounded up.
 */
export const connectionCost = 1152;

/** A connection as rules know it, with its two streams. */
export class TrackedConnection {
  readonly connection: CapturedConnection<TrackedConnection>;
  readonly conversation: Conversation;
  /** A reference to the value that rules have set. `new table`: a table that is made when a rule reads it. */
  data: bigint | 'new table' | undefined;
  /** Whether rules have written to a packet of it before its streams got that. */
  isTouched = false;
  /** What dissectors above hold of it, to be let go with it. */
  readonly releases: (() => void)[] = [];
  /** A reference to the table of the coroutines of streamed rules. */
  threads: bigint | undefined;
  /** Name of the dissector that takes its stream further. */
  next: string | undefined;

  constructor(
    connection: CapturedConnection<TrackedConnection>,
    budget: MemoryBudget,
    isPassThrough: boolean,
    acknowledgements: Acknowledgements,
  ) {
    this.connection = connection;
    this.conversation = new Conversation(budget, isPassThrough, acknowledgements);
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
