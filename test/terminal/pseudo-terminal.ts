import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type End, patience, SeenTerminal } from './seen-terminal.ts';

/** Asked for its own path once: what stands on PATH may be a script that takes long to find it. */
const python = spawnSync('python3', ['-c', 'import fcntl, pty, sys, termios; print(sys.executable)'], {
  encoding: 'utf8',
});

/** Why nothing can be tried on a pseudo-terminal here; false where it can. */
export const noPseudoTerminal =
  python.status === 0 ? false : 'python3, which makes the pseudo-terminal, is missing';

const fakeShell: readonly string[] = [
  process.execPath,
  join(import.meta.dirname, '..', 'shell', 'fake-shell.ts'),
];

/** A command, by itself the shell before a fake session, on a terminal of the operating system. */
export class PseudoTerminal extends SeenTerminal {
  readonly #child: ChildProcess;
  readonly #ended = Promise.withResolvers<void>();
  #errors = '';

  constructor(columns: number, rows: number, environment: NodeJS.ProcessEnv = {}, command = fakeShell) {
    super(columns, rows);
    const driver = join(import.meta.dirname, 'pseudo-terminal.py');
    // Nothing of Python that others have installed is needed, and to look for it takes a while.
    const child = spawn(python.stdout.trimEnd(), ['-I', '-S', driver, `${columns}`, `${rows}`, ...command], {
      env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', ...environment },
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.show(text));
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

  signal(number: number): void {
    this.#order('signal', number);
  }

  hangUp(): void {
    this.#order('hangup');
  }

  async end(): Promise<End> {
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), patience);
    await this.#ended.promise;
    clearTimeout(deadline);
    const report = this.#errors.trimEnd().split('\n').at(-1) ?? '';
    if (!report.startsWith('{')) throw new Error(`it did not end: ${this.#errors}`);
    return JSON.parse(report);
  }

  protected changeSize(columns: number, rows: number): void {
    this.#order('resize', columns, rows);
  }

  protected giveUp(): string {
    this.#child.kill('SIGKILL');
    return this.#errors;
  }

  #order(...order: readonly (string | number)[]): void {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
  }
}
