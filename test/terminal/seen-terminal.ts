import { setTimeout as pause } from 'node:timers/promises';
import { VirtualTerminal } from './virtual-terminal.ts';

/** A bound on what never comes, in milliseconds; a busy machine may take its time. */
export const patience = 60_000;

export type End = {
  readonly status: number;
  /** The terminal takes whole lines and echoes them again. */
  readonly cooked: boolean;
};

/** A terminal on which a command runs: what is typed into it, and what a person would see on it. */
export abstract class SeenTerminal {
  readonly terminal: VirtualTerminal;
  /** All that the command has written. */
  written = '';
  #awaited = 0;

  constructor(columns: number, rows: number) {
    this.terminal = new VirtualTerminal(columns, rows);
  }

  abstract type(keys: string): void;
  /** The person is gone, and the terminal with them. */
  abstract hangUp(): void;
  /** Waits until the command has ended by itself. */
  abstract end(): Promise<End>;
  protected abstract changeSize(columns: number, rows: number): void;
  /** What the command has done beside what it shows, for a test that waits in vain. */
  protected abstract giveUp(): string;

  protected show(text: string): void {
    this.written += text;
    this.terminal.write(text);
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    this.changeSize(columns, rows);
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

  /** Waits until what was written is as wanted. */
  wrote(wanted: RegExp, holds: () => boolean): Promise<void> {
    return this.#until(String(wanted), holds);
  }

  async #until(wanted: string, holds: (shown: string) => boolean): Promise<void> {
    const end = performance.now() + patience;
    for (;;) {
      const drawn = this.written.length;
      if (holds(this.terminal.picture.join('\n'))) return;
      // The screen is what was written and the size, and only `resize` changes that, before it waits.
      while (this.written.length === drawn && performance.now() < end) await pause(5);
      if (performance.now() > end) {
        const shown = this.terminal.picture.join('\n');
        throw new Error(`wanted:\n${wanted}\nshown:\n${shown}\n${this.giveUp()}`);
      }
    }
  }
}
