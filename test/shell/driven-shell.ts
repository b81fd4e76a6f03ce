import { PassThrough, Writable } from 'node:stream';
import { setTimeout as tick, setImmediate as turn } from 'node:timers/promises';
import type { ReplyPart, Session } from '../../src/cli/session/session.ts';
import type { Console, Ending, ShellOptions } from '../../src/shell/console.ts';
import { openConsole } from '../../src/shell/open-console.ts';
import type { Terminal } from '../../src/shell/terminal/terminal.ts';
import { VirtualTerminal } from '../terminal/virtual-terminal.ts';

type Settings = {
  readonly columns?: number;
  readonly rows?: number;
  readonly colour?: boolean;
  readonly isTTY?: boolean;
  readonly isPlain?: boolean;
} & Partial<Pick<ShellOptions, 'historyFile'>>;

/** A shell that a test types into, on a terminal that the test can see. */
export class DrivenShell {
  readonly terminal: VirtualTerminal;
  readonly input = new PassThrough();
  /** All that was ever written. */
  written = '';
  isRaw = false;
  readonly ended: Promise<Ending>;
  readonly console: Console;
  #resized: () => void = () => undefined;
  #changes = 0;

  constructor(session: Session, settings: Settings = {}) {
    const { columns = 60, rows = 12, colour = false, isTTY = true, isPlain = false } = settings;
    const screen = new VirtualTerminal(columns, rows);
    this.terminal = screen;
    const output = new Writable({
      decodeStrings: false,
      write: (chunk: string, _encoding, done) => {
        this.written += chunk;
        this.#changes += 1;
        screen.write(chunk);
        done();
      },
    });
    const terminal: Terminal = {
      input: this.input,
      output,
      isTTY,
      colour,
      isPlain,
      newline: '\r\n',
      get columns() {
        return screen.columns;
      },
      get rows() {
        return screen.rows;
      },
      setRaw: (raw) => {
        this.isRaw = raw;
      },
      onResize: (listener) => {
        this.#resized = listener;
        return () => {
          this.#resized = () => undefined;
        };
      },
      suspend: undefined,
      guard: () => () => undefined,
    };
    this.console = openConsole(terminal);
    this.ended = this.#run(session, settings.historyFile ?? null);
  }

  async #run(session: Session, historyFile: string | null): Promise<Ending> {
    try {
      return await this.console.run(session, { print: textOf, historyFile, mustRun: null });
    } finally {
      this.console.close();
    }
  }

  /** Types, all in one chunk, and waits until nothing changes any more. */
  async type(keys: string): Promise<void> {
    this.input.write(keys);
    await this.settled();
  }

  async resize(columns: number, rows: number): Promise<void> {
    this.terminal.resize(columns, rows);
    this.#resized();
    await this.settled();
  }

  /** Waits for what comes by a timer of someone else (enquirer's); gives up after a while without a word. */
  async shows(holds: () => boolean, milliseconds = 3000): Promise<void> {
    const end = performance.now() + milliseconds;
    while (!holds() && performance.now() < end) await tick(2);
  }

  /** Waits until the shell has done what it can without another key. */
  async settled(): Promise<void> {
    // A fake session answers without timers: when many turns of the loop bring nothing, nothing is to come.
    for (let quiet = 0, before = this.#changes; quiet < 8; quiet += 1) {
      await turn();
      if (this.#changes !== before) quiet = 0;
      before = this.#changes;
    }
  }
}

function textOf(part: ReplyPart): string {
  return 'text' in part ? part.text : '';
}
