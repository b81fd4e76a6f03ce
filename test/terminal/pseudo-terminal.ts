import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { VirtualTerminal } from './virtual-terminal.ts';

/** A bound on what never comes, in milliseconds; a busy machine may take its time. */
const patience = 60_000;

/** Why nothing can be tried on a pseudo-terminal here; false where it can. */
export const noPseudoTerminal =
  spawnSync('python3', ['-c', 'import fcntl, pty, termios']).status === 0
    ? false
    : 'python3, which makes the pseudo-terminal, is missing';

export type End = { readonly status: number; readonly cooked: boolean };

const fakeShell: readonly string[] = [
  process.execPath,
  join(import.meta.dirname, '..', 'shell', 'fake-shell.ts'),
];

/** A command, by itself the shell before a fake session, on a terminal of the operating system. */
export class PseudoTerminal {
  readonly terminal: VirtualTerminal;
  readonly #child: ChildProcess;
  /** All that the command has written. */
  written = '';
  #awaited = 0;
  readonly #ended = Promise.withResolvers<void>();
  #errors = '';

  constructor(columns: number, rows: number, environment: NodeJS.ProcessEnv = {}, command = fakeShell) {
    this.terminal = new VirtualTerminal(columns, rows);
    const driver = join(import.meta.dirname, 'pseudo-terminal.py');
    const child = spawn('python3', [driver, `${columns}`, `${rows}`, ...command], {
      env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', ...environment },
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.written += text;
      this.terminal.write(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    child.on('error', this.#ended.reject);
    child.on('close', () => this.#ended.resolve());
    this.#child = child;
  }

  type(keys: string): void {
    this.#order('type', keys);
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    this.#order('resize', columns, rows);
  }

  signal(number: number): void {
    this.#order('signal', number);
  }

  hangUp(): void {
    this.#order('hangup');
  }

  /** Waits until the screen, the cursor in it as a block, is this. */
  shows(...rows: readonly string[]): Promise<void> {
    const wanted = rows.join('\n');
    return this.#until(wanted, (shown) => shown === wanted);
  }

  /** Waits until the command has written this, after what was waited for so before. */
  async writes(text: string): Promise<void> {
    const at = (): number => this.written.indexOf(text, this.#awaited);
    await this.#until(text, () => at() >= 0);
    this.#awaited = at() + text.length;
  }

  /** Waits until this is somewhere on the screen. */
  has(text: string): Promise<void> {
    return this.#until(text, (shown) => shown.includes(text));
  }

  /** Waits until the process has ended by itself. */
  async end(): Promise<End> {
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), patience);
    await this.#ended.promise;
    clearTimeout(deadline);
    const report = this.#errors.trimEnd().split('\n').at(-1) ?? '';
    if (!report.startsWith('{')) throw new Error(`it did not end: ${this.#errors}`);
    return JSON.parse(report);
  }

  async #until(wanted: string, holds: (shown: string) => boolean): Promise<void> {
    const end = performance.now() + patience;
    for (;;) {
      const drawn = this.written.length;
      if (holds(this.terminal.picture.join('\n'))) return;
      // The screen is what was written and the size, and only `resize` changes that, before it waits.
      while (this.written.length === drawn && performance.now() < end) await pause(5);
      if (performance.now() > end) {
        this.#child.kill('SIGKILL');
        throw new Error(`wanted:\n${wanted}\nshown:\n${this.terminal.picture.join('\n')}\n${this.#errors}`);
      }
    }
  }

  #order(...order: readonly (string | number)[]): void {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
  }
}
