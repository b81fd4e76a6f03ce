import type { Failure } from '../../lua/host/errors.ts';
import { textOfBinary } from '../../lua/values/binary-string.ts';
import type { ScriptContext } from '../commands/context.ts';
import type { LuaInstancePool } from './instance-pool.ts';
import type { ScriptLimits } from './limits.ts';
import type { RunningBlock, RunningScript } from './running-script.ts';
import type { ScriptReport } from './script-log.ts';
import { ScriptState } from './script-state.ts';

export type ExecutorHost = {
  readonly instances: LuaInstancePool;
  /** From 1. */
  readonly worker: number;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
};

const lost = 'the memory of Lua was lost';

/**
 * Executes the code of scripts in their Lua state. A script that fails too often is switched off; a state that is full
 * or broken is replaced, and the scripts start anew.
 */
export class ScriptExecutor {
  readonly #scripts: readonly RunningScript[];
  readonly #startBlocks: readonly RunningBlock[];
  readonly #limits: ScriptLimits;
  readonly #context: ScriptContext;
  readonly #host: ExecutorHost;
  readonly #write: (report: ScriptReport) => void;
  #state: ScriptState;
  #running: RunningScript | null = null;

  /**
   * `start` must follow.
   *
   * @param startBlocks those of RULE_INIT, in their order
   */
  constructor(
    scripts: readonly RunningScript[],
    startBlocks: readonly RunningBlock[],
    limits: ScriptLimits,
    context: ScriptContext,
    host: ExecutorHost,
    write: (report: ScriptReport) => void,
  ) {
    this.#scripts = scripts;
    this.#startBlocks = startBlocks;
    this.#limits = limits;
    this.#context = context;
    this.#host = host;
    this.#write = write;
    this.#state = this.#newState();
  }

  /** The script whose code runs now. */
  get running(): RunningScript | null {
    return this.#running;
  }

  /** Loads the scripts and runs RULE_INIT. */
  start(): void {
    const running = this.#running;
    const { occasion } = this.#context;
    this.#context.occasion = 'RULE_INIT';
    const failing = this.#scripts.filter((script) => !script.isOff && !this.#loads(script));
    for (const script of failing) this.#switchOff(script, 'it could not be started');
    for (const block of this.#startBlocks) if (!block.script.isOff) this.#runStart(block);
    this.#context.occasion = occasion;
    this.#running = running;
  }

  /** Replaces a state whose memory is lost. To be called before an event. */
  mend(): void {
    if (this.#state.isBroken) this.#replaceState(lost);
  }

  /** Executes a block of a script that is not off. */
  run(block: RunningBlock): void {
    const { script } = block;
    this.#running = script;
    const failure = this.#state.run(block);
    if (failure === null) block.failuresInARow = 0;
    else this.#failed(script, block, failure);
    this.#running = null;
  }

  /** Executes the global function that a timer of a script calls. */
  runTimer(script: RunningScript, name: string): void {
    this.#running = script;
    const failure = this.#state.runGlobal(name);
    if (failure === null) script.timerFailuresInARow = 0;
    else this.#failed(script, null, failure);
    this.#running = null;
  }

  /** Reports a line of the running script. */
  report(kind: 'debug' | 'log' | 'error', message: string): void {
    this.#report(kind, this.#running?.name ?? '', message);
  }

  close(): void {
    this.#state.close();
  }

  #failed(script: RunningScript, block: RunningBlock | null, failure: Failure): void {
    this.#reportFailure(failure);
    const isCostly = failure.kind !== 'error';
    const isFull = isCostly && this.#state.isFull();
    const reason = script.failed(block) ?? (isCostly ? script.overran(this.#host.now(), isFull) : null);
    if (reason !== null) this.#switchOff(script, reason);
    if (isFull) this.#replaceState(this.#state.isBroken ? lost : 'its memory was full');
  }

  /** Switches a script off in this worker; the other workers decide for themselves. */
  #switchOff(script: RunningScript, reason: string): void {
    script.isOff = true;
    const message = `the script is switched off in worker ${this.#host.worker}: ${reason}`;
    this.#report('switched-off', script.name, message);
  }

  /** Starts all scripts anew: their globals are lost. */
  #replaceState(reason: string): void {
    this.#report('notice', '', `the Lua state is replaced, ${reason}`);
    this.#state.close();
    this.#state = this.#newState();
    this.start();
  }

  #newState(): ScriptState {
    return new ScriptState(this.#host.instances.current(), this.#limits, this.#context, this.#host.now);
  }

  #loads(script: RunningScript): boolean {
    this.#running = script;
    const failure = this.#state.load(script);
    if (failure !== null) this.#reportFailure(failure);
    return failure === null;
  }

  #runStart(block: RunningBlock): void {
    this.#running = block.script;
    const failure = this.#state.run(block);
    if (failure === null) return;
    this.#reportFailure(failure);
    // It would overrun its budget again whenever the state is replaced.
    if (failure.kind !== 'error') this.#switchOff(block.script, 'RULE_INIT took more than it may');
  }

  #reportFailure({ message }: Failure): void {
    this.report('error', textOfBinary(message));
  }

  #report(kind: ScriptReport['kind'], script: string, message: string): void {
    this.#write({ kind, script, occasion: this.#context.occasion, message });
  }
}
