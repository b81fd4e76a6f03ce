import type { ConnectionPort, Side, SocketPort } from '../../enforcer/hooks/connection-port.ts';
import type { Failure } from '../../lua/host/errors.ts';
import type { LuaInstances } from '../../lua/host/instance-pool.ts';
import type { Occasion } from '../commands/command.ts';
import type { ScriptContext } from '../commands/context.ts';
import { SessionTimers, type TimerSource } from '../connection/connection-timers.ts';
import { ScriptSession } from '../connection/script-connection.ts';
import { type EventName, sideOf } from '../script/events.ts';
import { AtomicCounters } from '../shared/counters.ts';
import { ScriptMemory } from '../shared/memory.ts';
import { SharedTables } from '../shared/tables.ts';
import { defaultLimits, type ScriptLimits } from './limits.ts';
import { blocksByEvent, type RunningBlock, RunningScript } from './running-script.ts';
import { ScriptLog, type ScriptReport } from './script-log.ts';
import { ScriptState } from './script-state.ts';

export type Script = { readonly name: string; readonly text: string };

/** What a worker gives the scripts of a policy. */
export type RunnerHost = {
  readonly instances: LuaInstances;
  /** From 1. */
  readonly worker: number;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  readonly timers: TimerSource;
  /** A number that no connection of any policy or version has had. */
  readonly nextSession: () => number;
  /** Of the policy, made by `createScriptMemory`: the same in all workers and for all versions of its scripts. */
  readonly memory: SharedArrayBuffer;
  readonly report: (report: ScriptReport) => void;
  readonly limits?: ScriptLimits;
};

const lost = 'the memory of Lua was lost';

/**
 * The scripts of a policy in one worker, in one version. A connection keeps the runner that it began with; `retire`
 * lets it end with the last of them. Nothing here throws because of a script; what scripts call must not fire events.
 */
export class ScriptRunner {
  readonly #host: RunnerHost;
  readonly #limits: ScriptLimits;
  readonly #scripts: readonly RunningScript[];
  readonly #blocks: ReadonlyMap<EventName, readonly RunningBlock[]>;
  readonly #log: ScriptLog;
  readonly #context: ScriptContext;
  #state: ScriptState;
  /** Whose code runs now. */
  #running: RunningScript | null = null;
  #openSessions = 0;
  #isRetired = false;
  #isClosed = false;

  /**
   * Loads the scripts, which `checkScript` has nothing to say against, in the order of the policy's list, and runs
   * RULE_INIT.
   */
  constructor(scripts: readonly Script[], host: RunnerHost) {
    this.#host = host;
    this.#limits = host.limits ?? defaultLimits;
    this.#scripts = scripts.map(({ name, text }) => new RunningScript(name, text, this.#limits));
    this.#blocks = blocksByEvent(this.#scripts);
    this.#log = new ScriptLog(host.report, this.#limits.linesInASecond, host.now, host.timers);
    const memory = new ScriptMemory(host.memory, host.worker);
    this.#context = {
      occasion: 'RULE_INIT',
      side: 'client',
      session: null,
      listener: null,
      data: null,
      format: 0n,
      armTimer: (session, name, milliseconds, periodic) => this.#arm(session, name, milliseconds, periodic),
      wallClock: host.wallClock,
      write: (kind, message) => this.#write(kind, message),
      tables: new SharedTables(memory),
      counters: new AtomicCounters(memory),
    };
    this.#state = this.#newState();
    this.#start();
  }

  /** Whether any script has a block for the event: if not, there is no need to fire it. */
  handles(event: EventName): boolean {
    return this.#blocks.has(event);
  }

  /** For a new connection. `close` must follow, once. */
  open(port: ConnectionPort): ScriptSession {
    this.#openSessions++;
    return new ScriptSession(port, this.#host.nextSession());
  }

  /** Runs the blocks of an event; then, when a script wants the connection's end, `port.finish`. */
  fire(event: EventName, session: ScriptSession): void {
    const blocks = this.#blocks.get(event);
    if (blocks === undefined || this.#isClosed) return;
    this.#context.session = session;
    this.#runBlocks(event, blocks, session);
    this.#context.session = null;
    this.#finish(session);
  }

  /**
   * The same for STREAM_CLIENT_INIT, STREAM_REQUEST_DATA and STREAM_RESPONSE_DATA, with the bytes at hand. Gives those to
   * pass on: the same array when no script has replaced them. `port.finish` may have been called before it returns.
   */
  fireData(event: EventName, session: ScriptSession, bytes: Uint8Array): Uint8Array {
    this.#context.data = bytes;
    this.fire(event, session);
    const data = this.#context.data;
    this.#context.data = null;
    return data ?? bytes;
  }

  /** VS_LISTENER_BIND. */
  fireBind(listener: SocketPort): void {
    const blocks = this.#blocks.get('VS_LISTENER_BIND');
    if (blocks === undefined || this.#isClosed) return;
    this.#context.listener = listener;
    this.#runBlocks('VS_LISTENER_BIND', blocks, null);
    this.#context.listener = null;
  }

  /** The client's side is closed: TCP_CLOSED, and no more timers of the connection. Its last call. */
  close(session: ScriptSession): void {
    this.fire('TCP_CLOSED', session);
    session.timers?.cancelAll();
    this.#openSessions--;
    if (this.#isRetired && this.#openSessions === 0) this.#end();
  }

  /** There is a newer version, or no policy any more: RULE_EXIT, once no connection has this one. */
  retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    if (this.#openSessions === 0) this.#end();
  }

  #end(): void {
    const blocks = this.#blocks.get('RULE_EXIT');
    if (blocks !== undefined) this.#runBlocks('RULE_EXIT', blocks, null);
    this.#log.flush();
    this.#isClosed = true;
    this.#state.close();
  }

  #runBlocks(event: EventName, blocks: readonly RunningBlock[], session: ScriptSession | null): void {
    const context = this.#context;
    if (this.#running !== null) throw new Error(`${event} was fired from within a script`);
    if (this.#state.isBroken) this.#replaceState(lost);
    context.occasion = event;
    context.side = sideOf(event) ?? 'client';
    for (const block of blocks) {
      if (block.script.isOff) continue;
      if (session?.isDisabled(event) === true) break;
      this.#running = block.script;
      const failure = this.#state.run(block);
      if (failure === null) block.failuresInARow = 0;
      else this.#failed(block.script, block, failure);
      context.occasion = event;
    }
    this.#running = null;
  }

  #finish(session: ScriptSession): void {
    const { ending } = session;
    if (ending === null) return;
    session.ending = null;
    session.port.finish(ending);
  }

  #arm(session: ScriptSession, name: string, milliseconds: number, periodic: boolean): boolean {
    const { side } = this.#context;
    const script = this.#running;
    session.timers ??= new SessionTimers(this.#host.timers);
    return session.timers.arm(name, milliseconds, periodic, () => {
      if (script !== null && !script.isOff) this.#fireTimer(session, name, side, script);
    });
  }

  #fireTimer(session: ScriptSession, name: string, side: Side, script: RunningScript): void {
    const context = this.#context;
    if (this.#state.isBroken) this.#replaceState(lost);
    context.occasion = 'TIMER';
    context.side = side;
    context.session = session;
    this.#running = script;
    const failure = this.#state.runGlobal(name);
    if (failure === null) script.timerFailuresInARow = 0;
    else this.#failed(script, null, failure);
    this.#running = null;
    context.session = null;
    this.#finish(session);
  }

  #failed(script: RunningScript, block: RunningBlock | null, failure: Failure): void {
    this.#tell(failure);
    const isDear = failure.kind !== 'error';
    const isFull = isDear && this.#state.isFull();
    const reason = script.failed(block) ?? (isDear ? script.overran(this.#host.now(), isFull) : null);
    if (reason !== null) this.#switchOff(script, reason);
    if (isFull) this.#replaceState(this.#state.isBroken ? lost : 'its memory was full');
  }

  /** In this worker; the others find out for themselves. */
  #switchOff(script: RunningScript, reason: string): void {
    script.isOff = true;
    const message = `the script is switched off in worker ${this.#host.worker}: ${reason}`;
    this.#report('switched-off', script.name, message);
  }

  /** All scripts begin anew: their globals are lost. */
  #replaceState(reason: string): void {
    this.#report('notice', '', `the Lua state is replaced, ${reason}`);
    this.#state.close();
    this.#state = this.#newState();
    this.#start();
  }

  #newState(): ScriptState {
    return new ScriptState(this.#host.instances.current(), this.#limits, this.#context, this.#host.now);
  }

  #start(): void {
    const running = this.#running;
    this.#context.occasion = 'RULE_INIT';
    const failing = this.#scripts.filter((script) => !script.isOff && !this.#loads(script));
    for (const script of failing) this.#switchOff(script, 'it could not be started');
    for (const block of this.#blocks.get('RULE_INIT') ?? []) {
      if (block.script.isOff) continue;
      this.#running = block.script;
      const failure = this.#state.run(block);
      if (failure === null) continue;
      this.#tell(failure);
      // What does not fit its budget here would be tried again whenever the state is replaced.
      if (failure.kind !== 'error') this.#switchOff(block.script, 'RULE_INIT took more than it may');
    }
    this.#running = running;
  }

  #loads(script: RunningScript): boolean {
    this.#running = script;
    const failure = this.#state.load(script);
    if (failure !== null) this.#tell(failure);
    return failure === null;
  }

  #tell({ message }: Failure): void {
    this.#write('error', Buffer.from(message, 'latin1').toString());
  }

  #write(kind: 'debug' | 'log' | 'error', message: string): void {
    this.#report(kind, this.#running?.name ?? '', message);
  }

  #report(kind: ScriptReport['kind'], script: string, message: string): void {
    const occasion: Occasion = this.#context.occasion;
    this.#log.write({ kind, script, occasion, message });
  }
}
