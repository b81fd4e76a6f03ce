import { luaType } from '../../lua/host/api.ts';
import { BareLuaError } from '../../lua/host/errors.ts';
import { type Functions, pushFunctions } from '../../lua/values/function-table.ts';
import type { HostFunction, LuaStack } from '../../lua/values/stack.ts';
import type { MessageHead } from '../../packets/http/message-head.ts';
import type { Dissector, DissectorData } from '../dissectors/dissector.ts';
import { TcpFlow } from '../objects/connections/tcp-flow.ts';
import { addressText } from '../objects/values/address.ts';
import type { RuleContext } from '../rules/rule-context.ts';
import type { TrackedConnection } from '../traffic/tracked-connection.ts';
import type { Message } from './http-connection.ts';
import type { HttpFlow } from './http-flow.ts';
import { HttpConnectionObject, type HttpHost } from './http-object.ts';
import { type LeftHead, type MessageKind, MessageTables } from './message-tables.ts';
import type { UriTables } from './uri-tables.ts';

const messageHooks = ['http-request', 'http-response'] as const;
const packetHooks = ['http-up', 'http-down'] as const;

/** Reads HTTP in both directions of the connections whose rules have set it as what is above them. */
export class HttpDissector implements Dissector, HttpHost {
  readonly name = 'http';
  readonly hooks = messageHooks;
  readonly isPassThrough: boolean;
  readonly state: RuleContext['state'];
  readonly #context: RuleContext;
  readonly #tables: MessageTables;
  readonly #metatable: bigint;
  readonly #connections = new WeakMap<TrackedConnection, HttpConnectionObject>();
  /** By the addresses of their tables, which stay for as long as they are here. */
  readonly #byTable = new Map<number, HttpConnectionObject>();
  readonly #addresses = new Map<HttpConnectionObject, number>();

  constructor(context: RuleContext, uris: UriTables) {
    this.#context = context;
    this.isPassThrough = context.isPassThrough;
    this.state = context.state;
    this.#tables = new MessageTables(context.state, uris, (text) => context.log.print(text));
    this.#metatable = this.#makeMetatable();
  }

  dissect(below: DissectorData): DissectorData | undefined {
    if (!(below instanceof TcpFlow)) return undefined;
    const { tracked } = below;
    let connection = this.#connections.get(tracked);
    if (connection === undefined) {
      const made = new HttpConnectionObject(below, this);
      connection = made;
      this.#connections.set(tracked, made);
      tracked.releases.push(() => made.release());
    }
    return connection.take(below);
  }

  hasRules(): boolean {
    return this.#context.engine.hasRules([...messageHooks, ...packetHooks]);
  }

  hasPacketRules(): boolean {
    return this.#context.engine.hasRules(packetHooks);
  }

  run(hook: string, flow: HttpFlow): boolean {
    return this.#context.engine.runHook(hook, flow);
  }

  pushMessage(stack: LuaStack, kind: MessageKind, head: MessageHead, flow: TcpFlow): void {
    this.#tables.push(stack, kind, head, (running) => {
      this.#context.objects.pushOrNil(running, flow.stream);
    });
  }

  takeMessage(stack: LuaStack, { table, kind, head }: Message): LeftHead | undefined {
    return table === undefined ? undefined : this.#tables.take(stack, table, kind, head);
  }

  pushTable(stack: LuaStack, object: HttpConnectionObject): void {
    stack.pushTable();
    const table = stack.count;
    stack.pushText(this.name);
    stack.setField(table, 'dissector');
    stack.pushKept(this.#metatable);
    stack.instance.lua.lua_setmetatable(stack.thread, table);
    this.#byTable.set(stack.identity(table), object);
    this.#addresses.set(object, stack.identity(table));
  }

  forget(object: HttpConnectionObject): void {
    const address = this.#addresses.get(object);
    if (address === undefined) return;
    this.#byTable.delete(address);
    this.#addresses.delete(object);
  }

  /** What is no HTTP is dropped, as rules that look into HTTP count on seeing all of it. */
  refused(kind: MessageKind, flow: TcpFlow): void {
    this.#context.alerts.raise({
      severity: 'low',
      description: `invalid http ${kind}`,
      ...this.#ends(flow),
    });
    flow.drop();
  }

  lost(kind: MessageKind, flow: TcpFlow): void {
    const { text } = flow.tracked;
    const what = `a ${kind} of ${text} was not captured whole: what follows is not looked into`;
    this.#context.log.log('warn', 'http', what);
  }

  #ends({ tracked: { source, destination, sourcePort, destinationPort } }: TcpFlow) {
    const node = (address: Uint8Array, port: number) => [
      { kind: 'address', values: [addressText(address)] } as const,
      { kind: 'service', values: [`tcp/${port}`, 'http'] } as const,
    ];
    return { sources: node(source, sourcePort).slice(0, 1), targets: node(destination, destinationPort) };
  }

  #objectAt(stack: LuaStack): HttpConnectionObject {
    const object = stack.type(1) === luaType.table ? this.#byTable.get(stack.identity(1)) : undefined;
    if (object === undefined) throw new BareLuaError("this http is gone: it can't be used any more");
    return object;
  }

  /** The packet that the object at 1 is over now. */
  #flowAt(stack: LuaStack): HttpFlow {
    const { flow } = this.#objectAt(stack);
    if (flow === undefined) throw new BareLuaError("this http is gone: it can't be used any more");
    return flow;
  }

  #makeMetatable(): bigint {
    const { objects } = this.#context;
    const methods: Functions = {
      valid: (stack) => {
        stack.pushBoolean(this.#flowAt(stack).isValid());
        return 1;
      },
      drop: (stack) => {
        this.#flowAt(stack).drop();
        return 0;
      },
      reset: (stack) => {
        this.#flowAt(stack).below.reset();
        return 0;
      },
      forge: (stack) => {
        const below = this.#flowAt(stack).forge();
        objects.pushOrNil(stack, below);
        return 1;
      },
    };
    const fields: Readonly<Record<string, (stack: LuaStack, flow: TcpFlow) => void>> = {
      connection: (stack, { tracked }) => objects.push(stack, tracked),
      tcp_stream: (stack, flow) => objects.push(stack, flow),
      flow: (stack, flow) => objects.push(stack, flow),
      stream: (stack, { stream }) => objects.pushOrNil(stack, stream),
      direction: (stack, { isFromClient }) => stack.pushBoolean(isFromClient),
    };
    return this.state.prepare((stack) => {
      stack.pushTable();
      const table = stack.count;
      pushFunctions(stack, methods);
      const kept = this.state.keep();
      stack.pushClosure(this.#index(kept, fields), 0);
      stack.setField(table, '__index');
      return this.state.keep();
    });
  }

  #index(
    methods: bigint,
    fields: Readonly<Record<string, (stack: LuaStack, flow: TcpFlow) => void>>,
  ): HostFunction {
    return (stack) => {
      const name = stack.type(2) === luaType.string ? stack.text(2) : '';
      const push = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (push !== undefined) {
        push(stack, this.#flowAt(stack).below);
        return 1;
      }
      stack.pushKept(methods);
      stack.getField(stack.count, name);
      return 1;
    };
  }
}
