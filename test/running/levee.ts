import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { floodRuleChain } from '../../src/cli/operands/flood-rule-chain.ts';
import type { TerminalHere } from '../terminal/terminal-here.ts';
import type { Given } from './command-here.ts';
import type { DaemonHere } from './daemon-here.ts';

export const launcher = join(import.meta.dirname, '..', '..', 'bin', 'levee');

export type Ended = {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A run of bin/levee, as one process that can be killed. */
export class LeveeProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  readonly #watchers = new Set<() => void>();

  /** `descriptors`: of this process, which it has from 3 on. */
  constructor(
    [program = '', ...words]: readonly string[],
    input?: string,
    descriptors: readonly number[] = [],
  ) {
    const child = spawn(program, words, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...descriptors],
      env: { ...process.env, NO_COLOR: '1', TZ: 'UTC' },
    });
    this.child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      for (const watcher of this.#watchers) watcher();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      for (const watcher of this.#watchers) watcher();
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    const { promise, resolve, reject } = Promise.withResolvers<Ended>();
    child.on('error', reject);
    child.on('close', (status, signal) => {
      for (const watcher of this.#watchers) watcher();
      resolve({ status, signal, stdout: this.stdout, stderr: this.stderr });
    });
    this.ended = promise;
  }

  /** Resolves once it has printed this; rejects where it ends without. */
  async printed(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const watcher = (): void => {
      if (`${this.stdout}${this.stderr}`.includes(text) || this.isOver) resolve();
    };
    this.#watchers.add(watcher);
    watcher();
    await promise;
    this.#watchers.delete(watcher);
    if (!`${this.stdout}${this.stderr}`.includes(text)) {
      throw new Error(`it ended without "${text}": ${this.stdout}${this.stderr}`);
    }
  }

  get isOver(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  kill(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** A state directory for one test, and the processes that run on it. */
export class State {
  readonly path: string;
  readonly #processes: LeveeProcess[] = [];
  readonly #daemons: DaemonHere[] = [];

  constructor() {
    this.path = join(mkdtempSync(join(tmpdir(), 'levee-state-')), 'state');
    mkdirSync(this.path, { mode: 0o700 });
  }

  /** The command line that runs Levee on it. */
  command(words: readonly string[]): readonly string[] {
    return [launcher, '--state', this.path, ...words];
  }

  /** `levee` with these words on a terminal, in this process. */
  async terminal(
    columns: number,
    rows: number,
    words: readonly string[] = [],
    environment: NodeJS.ProcessEnv = process.env,
  ): Promise<TerminalHere> {
    const { TerminalHere } = await import('../terminal/terminal-here.ts');
    return new TerminalHere(columns, rows, environment, ['--state', this.path, ...words]);
  }

  start(words: readonly string[], input?: string): LeveeProcess {
    const started = new LeveeProcess(this.command(words), input);
    this.#processes.push(started);
    return started;
  }

  run(words: readonly string[], input?: string): Promise<Ended> {
    return this.start(words, input).ended;
  }

  /** As `run`, in this process: for what is no test of the process itself, at a tenth of the cost. */
  async here(words: readonly string[], input?: Given): Promise<Ended> {
    const { commandHere } = await import('./command-here.ts');
    const { status, stdout, stderr } = await commandHere(
      ['--state', this.path, ...words],
      process.env,
      input,
    );
    return { status, signal: null, stdout: stdout.toString(), stderr: stderr.toString() };
  }

  /** Resolves when it serves its socket and its listeners stand. */
  async daemon(): Promise<LeveeProcess> {
    const daemon = this.start(['daemon']);
    await daemon.printed('levee: running in');
    return daemon;
  }

  /** As `daemon`, in this process: for what is no test of the process, its signals or its death. */
  async daemonHere(): Promise<DaemonHere> {
    const { daemonHere } = await import('./daemon-here.ts');
    const daemon = await daemonHere(this.path);
    this.#daemons.push(daemon);
    return daemon;
  }

  async end(): Promise<void> {
    await Promise.all(this.#daemons.map((each) => each.stop()));
    await Promise.all(this.#processes.map((each) => (each.isOver ? each.ended : each.kill('SIGKILL'))));
    rmSync(join(this.path, '..'), { recursive: true });
  }
}

export function newState(context: TestContext): State {
  const state = new State();
  context.after(() => state.end());
  return state;
}

/** A service on 127.0.0.1 and what guards it, as commands. The policy has its name, the others as the wizard calls them. */
export function policyText(port: number, member: number, threshold: number, name = 'web'): string {
  const lines = floodRuleChain({
    name,
    address: '127.0.0.1',
    port: String(port),
    server: '127.0.0.1',
    serverPort: String(member),
    threshold: String(threshold),
    action: 'alert_deny',
    trigger: null,
  });
  return `${lines.join('\n')}\n`;
}
