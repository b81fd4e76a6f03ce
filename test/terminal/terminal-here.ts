import { PassThrough, Writable } from 'node:stream';
import { runCommandLine } from '../../src/commands/command-line/run.ts';
import type { Caller } from '../../src/commands/io/caller.ts';
import { besideOthers } from '../running/beside-others.ts';
import { type End, SeenTerminal } from './seen-terminal.ts';

/**
 * What stands behind `levee` on a command line, run in this process on a terminal of ours: for what is no test of the
 * system's terminal, nor of the process.
 */
export class TerminalHere extends SeenTerminal {
  readonly #input = new PassThrough();
  readonly #status: Promise<number>;
  #isRaw = false;
  #resized: () => void = () => undefined;

  constructor(columns: number, rows: number, environment: NodeJS.ProcessEnv, words: readonly string[]) {
    super(columns, rows);
    this.#status = runCommandLine(words, this.#caller(environment));
  }

  type(keys: string): void {
    this.#input.write(keys);
  }

  hangUp(): void {
    this.#input.destroy();
  }

  async end(): Promise<End> {
    return { status: await this.#status, cooked: !this.#isRaw };
  }

  protected changeSize(): void {
    this.#resized();
  }

  protected giveUp(): string {
    this.hangUp();
    return '';
  }

  #caller(environment: NodeJS.ProcessEnv): Caller {
    const print = (text: string | Uint8Array): void =>
      // As a terminal of the system does, raw or not.
      this.show(Buffer.from(text).toString('utf8').replaceAll('\n', '\r\n'));
    return {
      output: print,
      outputIsTerminal: () => true,
      error: print,
      errorColumns: () => this.terminal.columns,
      report: (line) => print(`${line}\n`),
      input: {
        isTerminal: () => true,
        whole: () => {
          throw new Error('a prompt reads its terminal as it comes');
        },
        chunks: () => this.#input,
        stat: () => undefined,
      },
      terminal: () => {
        const { terminal } = this;
        return {
          input: this.#input,
          output: new Writable({
            decodeStrings: false,
            write: (text: string, _encoding, done) => {
              print(text);
              done();
            },
          }),
          isTTY: true,
          colour: false,
          isPlain: environment['TERM'] === 'dumb' || (environment['LEVEE_PLAIN'] ?? '') !== '',
          newline: '\n',
          get columns() {
            return terminal.columns;
          },
          get rows() {
            return terminal.rows;
          },
          setRaw: (isRaw) => {
            this.#isRaw = isRaw;
          },
          onResize: (listener) => {
            this.#resized = listener;
            return () => {
              this.#resized = () => undefined;
            };
          },
          // What the shell says that has stopped it, and was told at once to go on.
          suspend: async () => print('[suspended]\n'),
          guard: () => () => undefined,
        };
      },
      environment,
      onInterrupt: () => undefined,
      setApart: () => Promise.resolve(besideOthers),
      onSignal: () => undefined,
      stopSignal: () => new Promise(() => undefined),
    };
  }
}
