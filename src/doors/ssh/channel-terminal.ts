import type { ServerChannel } from 'ssh2';
import type { Terminal } from '../../shell/terminal/terminal.ts';

/** What a client says of the terminal of its person. */
export type TerminalSize = { readonly columns: number; readonly rows: number };

/** Terminals that show no more than text, and what programs say who have none: netmiko and paramiko are a `vt100`. */
const plain: ReadonlySet<string> = new Set(['', 'dumb', 'network', 'unknown', 'vt100']);

/** The terminal at the far end of a channel. */
export class ChannelTerminal {
  readonly type: string;
  #size: TerminalSize;
  readonly #listeners = new Set<() => void>();

  constructor(type: string, size: TerminalSize) {
    this.type = type;
    this.#size = size;
  }

  resize(size: TerminalSize): void {
    this.#size = size;
    for (const listener of this.#listeners) listener();
  }

  /** For the shell. `gone` resolves when the client has gone. */
  over(channel: ServerChannel, gone: Promise<void>): Terminal {
    let isGone = false;
    void gone.then(() => {
      isGone = true;
    });
    /** A command that writes much waits until the client takes more. */
    const drained = async (): Promise<void> => {
      const { stdout } = channel;
      if (!stdout.writableNeedDrain || isGone) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      stdout.once('drain', resolve);
      await Promise.race([promise, gone]);
      stdout.off('drain', resolve);
    };
    const size = (): TerminalSize => this.#size;
    const isPlain = plain.has(this.type);
    return {
      input: channel.stdin,
      output: channel.stdout,
      isTTY: true,
      isPlain,
      colour: !isPlain,
      newline: '\r\n',
      get columns() {
        return size().columns || 80;
      },
      get rows() {
        return size().rows || 24;
      },
      // The client has done that to its own.
      setRaw: () => undefined,
      suspend: undefined,
      drained,
      onResize: (listener) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
      // What the other end is left in does not outlive the channel.
      guard: () => () => undefined,
    };
  }
}
