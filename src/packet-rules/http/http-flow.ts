import type { LuaStack } from '../../lua/values/stack.ts';
import type { DissectorData } from '../dissectors/dissector.ts';
import type { TcpFlow } from '../objects/connections/tcp-flow.ts';

/** What HTTP makes of a packet: the object of its connection, over the packet. */
export class HttpFlow implements DissectorData {
  readonly dissector = 'http';
  readonly isSilent = false;
  readonly below: TcpFlow;
  readonly #connection: HttpObject;
  #isForged = false;

  constructor(below: TcpFlow, connection: HttpObject) {
    this.below = below;
    this.#connection = connection;
  }

  get next(): string | undefined {
    return this.#connection.next;
  }

  isValid(): boolean {
    return this.below.isValid();
  }

  drop(): void {
    this.below.drop();
  }

  forge(): DissectorData | undefined {
    if (this.#isForged) return undefined;
    this.#isForged = true;
    if (this.isValid()) this.#connection.finish(this);
    return this.below;
  }

  push(stack: LuaStack): void {
    this.#connection.push(stack);
  }

  /** A later Haka passes the message along. */
  pushMore(stack: LuaStack, hook: string): number {
    return this.#connection.pushMessage(stack, hook);
  }
}

/** The connection of a flow. */
export type HttpObject = {
  /** The dissector that rules have set for what is above. */
  readonly next: string | undefined;
  /** The packet is done: what rules have changed is written. */
  finish(flow: HttpFlow): void;
  /** Pushes the table that rules get. */
  push(stack: LuaStack): void;
  /** Pushes the request or the response of a hook. Returns how many. */
  pushMessage(stack: LuaStack, hook: string): number;
};
