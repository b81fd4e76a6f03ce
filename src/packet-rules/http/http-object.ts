import type { LuaState } from '../../lua/host/state.ts';
import type { LuaStack } from '../../lua/values/stack.ts';
import type { MessageHead } from '../../packets/http/message-head.ts';
import type { Mark } from '../../packets/streams/cursor.ts';
import type { TcpFlow } from '../objects/connections/tcp-flow.ts';
import { HttpSide, type Message, type MessageHandler } from './http-connection.ts';
import { HttpFlow, type HttpObject } from './http-flow.ts';
import type { LeftHead, MessageKind } from './message-tables.ts';

/** What the connections of a run ask for. */
export type HttpHost = {
  readonly state: LuaState;
  readonly isPassThrough: boolean;
  /** Whether any rule has a hook of HTTP: without, no tables are made. */
  hasRules(): boolean;
  /** Whether rules change messages also when their packet goes up and down. */
  hasPacketRules(): boolean;
  /** Runs a hook for a message; false: the connection is to go no further. */
  run(hook: string, flow: HttpFlow): boolean;
  pushMessage(stack: LuaStack, kind: MessageKind, head: MessageHead, flow: TcpFlow): void;
  takeMessage(stack: LuaStack, message: Message): LeftHead | undefined;
  /** Pushes a new table for a connection, and knows it until `forget`. */
  pushTable(stack: LuaStack, object: HttpConnectionObject): void;
  forget(object: HttpConnectionObject): void;
  refused(kind: MessageKind, flow: TcpFlow): void;
  lost(kind: MessageKind, flow: TcpFlow): void;
};

type Request = { readonly method: string; readonly table: bigint | undefined };

/** Requests without an answer that are remembered. */
const mostRequests = 1024;

/** HTTP over one connection: its requests and responses, and the table that rules get for it. */
export class HttpConnectionObject implements HttpObject, MessageHandler {
  readonly #host: HttpHost;
  readonly #sides: readonly [HttpSide, HttpSide];
  /** Those without a response, oldest first. */
  readonly #requests: Request[] = [];
  #table: bigint | undefined;
  #flow: HttpFlow | undefined;
  #paused: { readonly mark: Mark; readonly before: number } | undefined;

  constructor(flow: TcpFlow, host: HttpHost) {
    this.#host = host;
    const { conversation } = flow.tracked;
    this.#sides = [
      new HttpSide('request', conversation.stream(true), this, host.isPassThrough),
      new HttpSide('response', conversation.stream(false), this, host.isPassThrough),
    ];
  }

  /** The packet that is dealt with. */
  get flow(): HttpFlow | undefined {
    return this.#flow;
  }

  get next(): string | undefined {
    const table = this.#table;
    if (table === undefined) return undefined;
    return this.#host.state.prepare((stack) => {
      stack.pushKept(table);
      stack.getField(stack.count, 'next_dissector');
      const name = stack.isAbsent(-1) ? undefined : (stack.printed(-1) ?? undefined);
      stack.drop(2);
      return name;
    });
  }

  /** Takes a packet. Undefined: nothing of it may go further. */
  take(below: TcpFlow): HttpFlow | undefined {
    const flow = new HttpFlow(below, this);
    this.#flow = flow;
    const side = this.#sideOf(flow);
    // What is in a body is left to the rules of the packet, where there are any.
    if (side.isInBody && this.#host.hasPacketRules()) this.#paused = side.pause();
    else this.#goOn(side);
    return flow;
  }

  finish(flow: HttpFlow): void {
    const side = this.#sideOf(flow);
    const paused = this.#paused;
    this.#paused = undefined;
    if (paused !== undefined) side.resume(paused.mark, paused.before);
    side.write();
    this.#goOn(side);
    // Nobody else will write what was found now.
    while (side.isPending && flow.isValid()) {
      side.write();
      this.#goOn(side);
    }
  }

  push(stack: LuaStack): void {
    stack.pushKept(this.#kept(stack));
  }

  pushMessage(stack: LuaStack, hook: string): number {
    if (hook !== 'http-request' && hook !== 'http-response') return 0;
    this.push(stack);
    stack.getField(stack.count, hook === 'http-request' ? 'request' : 'response');
    stack.swap();
    stack.drop(1);
    return 1;
  }

  begun(kind: MessageKind, head: MessageHead): Message | undefined {
    const flow = this.#flow;
    if (flow === undefined) return undefined;
    const table = this.#host.hasRules() ? this.#tableOf(kind, head, flow) : undefined;
    const message = { kind, head, table };
    if (kind === 'request') this.#remember(message);
    if (table === undefined || this.#host.run(`http-${kind}`, flow)) return message;
    if (kind === 'response') this.#host.state.release(table);
    return undefined;
  }

  left(message: Message): LeftHead | undefined {
    const { state } = this.#host;
    const left = state.prepare((stack) => this.#host.takeMessage(stack, message));
    if (message.kind === 'response') {
      if (message.table !== undefined) state.release(message.table);
      // 100 Continue and its like come before the response.
      if (!/^1/.test(message.head.first[1].text)) this.#forgetRequest();
    }
    return left;
  }

  refused(kind: MessageKind): void {
    if (this.#flow !== undefined) this.#host.refused(kind, this.#flow.below);
  }

  lost(kind: MessageKind): void {
    if (this.#flow !== undefined) this.#host.lost(kind, this.#flow.below);
  }

  method(): string | undefined {
    return this.#requests[0]?.method;
  }

  /** The connection is over. */
  release(): void {
    while (this.#requests.length > 0) this.#forgetRequest();
    this.#host.forget(this);
    if (this.#table !== undefined) this.#host.state.release(this.#table);
    this.#table = undefined;
    this.#flow = undefined;
  }

  #sideOf({ below }: HttpFlow): HttpSide {
    return this.#sides[below.isFromClient ? 0 : 1];
  }

  /** Goes on as far as rules need not come first. */
  #goOn(side: HttpSide): void {
    while (side.advance() && side.isPending && !this.#host.hasPacketRules()) side.write();
  }

  #kept(stack: LuaStack): bigint {
    if (this.#table === undefined) {
      this.#host.pushTable(stack, this);
      this.#table = this.#host.state.keep();
    }
    return this.#table;
  }

  /** A reference to a new table for a message, which becomes that of the connection. */
  #tableOf(kind: MessageKind, head: MessageHead, flow: HttpFlow): bigint {
    const { state } = this.#host;
    return state.prepare((stack) => {
      const before = stack.count;
      stack.pushKept(this.#kept(stack));
      const http = stack.count;
      this.#host.pushMessage(stack, kind, head, flow.below);
      const reference = state.keepCopy();
      stack.setField(http, kind);
      const answered = kind === 'response' ? this.#requests[0]?.table : undefined;
      if (kind === 'request') {
        stack.pushNil();
        stack.setField(http, 'response');
      } else if (answered !== undefined) {
        stack.pushKept(answered);
        stack.setField(http, 'request');
      }
      stack.setCount(before);
      return reference;
    });
  }

  #remember({ head, table }: Message): void {
    if (this.#requests.length === mostRequests) this.#forgetRequest();
    this.#requests.push({ method: head.first[0].text, table });
  }

  #forgetRequest(): void {
    const table = this.#requests.shift()?.table;
    if (table !== undefined) this.#host.state.release(table);
  }
}
