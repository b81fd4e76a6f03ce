import type { ConnectionPort, Side, SocketPort } from '../../enforcer/hooks/connection-port.ts';
import type { DataEnd } from '../../enforcer/hooks/data-end.ts';
import type { ScriptContext } from '../commands/context.ts';
import { ConnectionTimers, type TimerSource } from '../connection/connection-timers.ts';
import { ScriptConnection } from '../connection/script-connection.ts';
import { type EventName, sideOf } from '../script/events.ts';
import { choosesByRequest } from '../script/warnings.ts';
import { AtomicCounters } from '../shared/counters.ts';
import { ScriptMemory } from '../shared/memory.ts';
import { SharedTables } from '../shared/tables.ts';
import { defaultLimits, type ScriptLimits } from './limits.ts';
import { blocksByEvent, type RunningBlock, RunningScript } from './running-script.ts';
import { type ExecutorHost, ScriptExecutor } from './script-executor.ts';
import { ScriptLog, type ScriptReport } from './script-log.ts';
import type { TimeShare } from './time-share.ts';

export type Script = { readonly name: string; readonly text: string };

/** What the runner of a policy's scripts needs from its worker. */
export type RunnerHost = ExecutorHost & {
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  readonly timers: TimerSource;
  /** Of the policy in this worker: all versions of its scripts have it together. */
  readonly share: TimeShare;
  /** Gives a number that no connection of any policy or version has had. */
  readonly nextConnectionId: () => number;
  /** Memory of the policy, made by `createScriptMemory`: the same in all workers and for all versions of its scripts. */
  readonly memory: SharedArrayBuffer;
  readonly report: (report: ScriptReport) => void;
  /** The runner does nothing more. */
  readonly ended?: () => void;
  readonly limits?: ScriptLimits;
};

/**
 * Runs one version of a policy's scripts in one worker. A connection keeps the runner that it began with; after `retire`
 * the runner ends with its last connection. No script can make a method throw. What scripts call must not fire events.
 */
export class ScriptRunner {
  readonly #host: RunnerHost;
  readonly #scripts: readonly RunningScript[];
  /** Some script chooses a server in STREAM_REQUEST_DATA: the first one comes before that. */
  readonly choosesByRequest: boolean;
  readonly #blocks: ReadonlyMap<EventName, readonly RunningBlock[]>;
  readonly #log: ScriptLog;
  readonly #context: ScriptContext;
  readonly #executor: ScriptExecutor;
  #openConnections = 0;
  #isRetired = false;
  #isClosed = false;

  /**
   * Loads the scripts in the order of the policy's list, and runs RULE_INIT. `checkScript` must have accepted them.
   */
  constructor(scripts: readonly Script[], host: RunnerHost) {
    this.#host = host;
    const limits = host.limits ?? defaultLimits;
    const running = scripts.map(({ name, text }) => new RunningScript(name, text, limits));
    this.#scripts = running;
    this.choosesByRequest = running.some(({ parsed }) => choosesByRequest(parsed));
    this.#blocks = blocksByEvent(running);
    this.#log = new ScriptLog(host.report, limits.linesInASecond, host.now, host.timers);
    const memory = new ScriptMemory(host.memory, host.worker);
    this.#context = {
      occasion: 'RULE_INIT',
      side: 'client',
      connection: null,
      listener: null,
      data: null,
      dataEnd: null,
      format: 0n,
      armTimer: (connection, name, milliseconds, periodic) =>
        this.#arm(connection, name, milliseconds, periodic),
      wallClock: host.wallClock,
      write: (kind, message) => this.#executor.report(kind, message),
      tables: new SharedTables(memory),
      counters: new AtomicCounters(memory),
    };
    const startBlocks = this.#blocks.get('RULE_INIT') ?? [];
    this.#executor = new ScriptExecutor(running, startBlocks, limits, this.#context, host, (report) =>
      this.#log.write(report),
    );
    this.#executor.start();
  }

  /** A script of these is switched off in this worker. */
  get isImpaired(): boolean {
    return this.#scripts.some(({ isOff }) => isOff);
  }

  /** Whether any script has a block for the event. */
  handles(event: EventName): boolean {
    return this.#blocks.has(event);
  }

  /** Begins a connection. `close` must follow, once. */
  open(port: ConnectionPort): ScriptConnection {
    this.#openConnections++;
    return new ScriptConnection(port, this.#host.nextConnectionId());
  }

  /** Runs the blocks of an event, then calls `port.finish` if a script has asked for the connection's end. */
  fire(event: EventName, connection: ScriptConnection): void {
    const blocks = this.#blocks.get(event);
    if (blocks === undefined || this.#isClosed) return;
    const began = this.#host.now();
    this.#context.connection = connection;
    this.#runBlocks(event, blocks, connection);
    this.#context.connection = null;
    this.#finish(connection);
    this.#host.share.spend(began, this.#host.now());
  }

  /**
   * Fires an event with data, such as STREAM_REQUEST_DATA. Returns the bytes to pass
   * on, the same array when no script has replaced them. `port.finish` may have been called before it returns.
   */
  fireData(event: EventName, connection: ScriptConnection, bytes: Uint8Array): Uint8Array {
    this.#context.data = bytes;
    this.fire(event, connection);
    const data = this.#context.data;
    this.#context.data = null;
    return data ?? bytes;
  }

  /**
   * Fires STREAM_CLIENT_INIT, unless scripts wait for more than has come. True: they wait further, or again; never behind
   * an end. `all` is what has come so far, `chunk` included.
   */
  fireClientData(
    connection: ScriptConnection,
    chunk: Uint8Array,
    all: () => Uint8Array,
    end: DataEnd | null,
  ): boolean {
    const { collecting } = connection;
    const met = collecting.filter((one) => one.isMet(chunk));
    if (end === null && collecting.length > 0 && met.length === 0) return true;
    connection.collecting = [];
    this.#context.dataEnd = end;
    this.fireData('STREAM_CLIENT_INIT', connection, all());
    this.#context.dataEnd = null;
    return end === null && connection.collecting.length > 0;
  }

  /**
   * Fires STREAM_REQUEST_DATA with the first bytes of a client, before a server is chosen. Returns what goes to that in
   * their place, as `fireData` does.
   */
  fireEarlyRequest(connection: ScriptConnection, bytes: Uint8Array): Uint8Array {
    connection.isChoosing = true;
    const passed = this.fireData('STREAM_REQUEST_DATA', connection, bytes);
    connection.isChoosing = false;
    return passed;
  }

  /** Fires VS_LISTENER_BIND. */
  fireBind(listener: SocketPort): void {
    const blocks = this.#blocks.get('VS_LISTENER_BIND');
    if (blocks === undefined || this.#isClosed) return;
    this.#context.listener = listener;
    this.#runBlocks('VS_LISTENER_BIND', blocks, null);
    this.#context.listener = null;
  }

  /** Ends a connection whose client's side is closed: fires TCP_CLOSED and cancels its timers. */
  close(connection: ScriptConnection): void {
    this.fire('TCP_CLOSED', connection);
    connection.timers?.cancelAll();
    this.#openConnections--;
    if (this.#isRetired && this.#openConnections === 0) this.#end();
  }

  /** A newer version took over, or the policy is gone: RULE_EXIT runs once no connection has this version. */
  retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    if (this.#openConnections === 0) this.#end();
  }

  #end(): void {
    const blocks = this.#blocks.get('RULE_EXIT');
    if (blocks !== undefined) this.#runBlocks('RULE_EXIT', blocks, null);
    this.#log.flush();
    this.#isClosed = true;
    this.#executor.close();
    this.#host.ended?.();
  }

  #runBlocks(event: EventName, blocks: readonly RunningBlock[], connection: ScriptConnection | null): void {
    const context = this.#context;
    const executor = this.#executor;
    if (executor.running !== null) throw new Error(`${event} was fired from within a script`);
    executor.mend();
    context.occasion = event;
    context.side = sideOf(event) ?? 'client';
    for (const block of blocks) {
      if (block.script.isOff) continue;
      if (connection?.isDisabled(event) === true) break;
      executor.run(block);
    }
  }

  #finish(connection: ScriptConnection): void {
    const { ending } = connection;
    if (ending === null) return;
    connection.ending = null;
    connection.isOver = true;
    connection.port.finish(ending);
  }

  #arm(connection: ScriptConnection, name: string, milliseconds: number, periodic: boolean): boolean {
    const { side } = this.#context;
    const script = this.#executor.running;
    connection.timers ??= new ConnectionTimers(this.#host);
    return connection.timers.arm(name, milliseconds, periodic, () => {
      if (script !== null && !script.isOff) this.#fireTimer(connection, name, side, script);
    });
  }

  #fireTimer(connection: ScriptConnection, name: string, side: Side, script: RunningScript): void {
    const began = this.#host.now();
    const context = this.#context;
    this.#executor.mend();
    context.occasion = 'TIMER';
    context.side = side;
    context.connection = connection;
    this.#executor.runTimer(script, name);
    context.connection = null;
    this.#finish(connection);
    this.#host.share.spend(began, this.#host.now());
  }
}
