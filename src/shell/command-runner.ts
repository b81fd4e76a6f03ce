import type { Emit, Outcome, ReplyPart, Session } from '../cli/session/session.ts';
import type { Question } from '../cli/typing/assistance.ts';
import type { Dialogues } from './dialogues/dialogues.ts';
import { Pager } from './pager.ts';
import type { Screen } from './screen/screen.ts';
import type { Keyboard } from './terminal/keyboard.ts';
import type { Terminal } from './terminal/terminal.ts';

export type CommandRunnerParts = {
  readonly session: Session;
  readonly terminal: Terminal;
  readonly keyboard: Keyboard;
  readonly screen: Screen;
  readonly dialogues: Dialogues;
  readonly print: (part: ReplyPart) => string;
  /** Resolves as the promise does, or to null when the shell ends first. */
  readonly untilEnd: <Value>(promise: Promise<Value>) => Promise<Value | null>;
  readonly failed: (error: unknown) => void;
};

/** Runs commands in the foreground: shows what they print, asks what they ask, and interrupts them on Ctrl-C. */
export class CommandRunner {
  readonly #parts: CommandRunnerParts;
  #isRunning = false;
  #isAsking = false;
  #pager: Pager | undefined;

  constructor(parts: CommandRunnerParts) {
    this.#parts = parts;
  }

  /** A command runs and does not wait for the person. */
  get isBusy(): boolean {
    return this.#isRunning && !this.isInDialogue;
  }

  /** The person is asked something, and nothing else may be written. */
  get isInDialogue(): boolean {
    return this.#isAsking || this.#pager?.isStanding === true;
  }

  /** Runs a command and shows its output. Resolves to its outcome, or to null when the shell ends first. */
  async run(command: (emit: Emit) => Promise<Outcome>, isPaged: boolean): Promise<Outcome | null> {
    const { dialogues, keyboard, screen, session, untilEnd } = this.#parts;
    const release = keyboard.handle((key) => {
      if (key.kind !== 'key' || key.chord !== 'C-c' || !this.#isRunning) return false;
      keyboard.discardTypeAhead();
      screen.write('^C\n');
      session.interrupt();
      return true;
    });
    if (isPaged) this.#pager = this.#newPager();
    this.#isRunning = true;
    try {
      const outcome = await untilEnd(command((part) => this.#show(part)));
      this.#isRunning = false;
      if (outcome === null) session.interrupt();
      // A command that is over asks nothing any more: it may have been ended for another reason than an answer.
      else if (this.#isAsking) await dialogues.cancel();
      if (outcome?.unfinished === false) await untilEnd(this.#flushed());
      return outcome;
    } finally {
      this.#isRunning = false;
      this.#pager?.stop();
      this.#pager = undefined;
      release();
    }
  }

  /** Shows a text of the shell's own, a screenful at a time. */
  async page(text: string): Promise<void> {
    this.#pager = this.#newPager();
    this.#pager.write(text);
    await this.#parts.untilEnd(this.#flushed());
    this.#pager.stop();
    this.#pager = undefined;
  }

  resized(): void {
    this.#pager?.resized();
  }

  #newPager(): Pager {
    const { terminal, screen, keyboard, session } = this.#parts;
    return new Pager(terminal, screen, keyboard, () => {
      if (this.#isRunning) session.interrupt();
    });
  }

  async #flushed(): Promise<void> {
    await this.#pager?.flush();
  }

  #show(part: ReplyPart): void {
    if (part.kind === 'question') {
      void this.#ask(part.question);
      return;
    }
    if (part.kind === 'unpaged') this.#pager?.showRest();
    const text = this.#parts.print(part);
    const pager = this.#pager;
    // Somebody who has left the pager still wants to know how the command ended.
    if (pager === undefined || (pager.isStopped && part.kind !== 'output')) this.#parts.screen.write(text);
    else pager.write(text);
  }

  async #ask(question: Question): Promise<void> {
    const { dialogues, session, failed } = this.#parts;
    try {
      await this.#flushed();
      this.#isAsking = true;
      const answer = await dialogues.ask(question);
      this.#isAsking = false;
      session.answer(answer);
    } catch (error) {
      failed(error);
    } finally {
      this.#isAsking = false;
    }
  }
}
