import type { LiveView } from '../cli/session/live-view.ts';
import type { Emit, Outcome, ReplyPart, Session } from '../cli/session/session.ts';
import type { Question } from '../cli/typing/assistance.ts';
import type { ShellOptions } from './console.ts';
import type { Dialogues } from './dialogues/dialogues.ts';
import { LiveViewer } from './live/live-viewer.ts';
import { Pager } from './pager.ts';
import type { FullScreen } from './screen/full-screen.ts';
import type { Screen } from './screen/screen.ts';
import type { Keyboard } from './terminal/keyboard.ts';
import type { Terminal } from './terminal/terminal.ts';

export type CommandRunnerParts = {
  readonly session: Session;
  readonly terminal: Terminal;
  readonly keyboard: Keyboard;
  readonly screen: Screen;
  readonly dialogues: Dialogues;
  /** For what changes while it is looked at; null: the terminal shows only lines. */
  readonly fullScreen: FullScreen | null;
  readonly print: ShellOptions['print'];
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
  #viewer: LiveViewer | undefined;
  /** The person has left what the command shows, which has not ended yet. */
  #hasLeft = false;

  constructor(parts: CommandRunnerParts) {
    this.#parts = parts;
  }

  /** A command runs and does not wait for the person. */
  get isBusy(): boolean {
    return this.#isRunning && (this.#viewer !== undefined || !this.isInDialogue);
  }

  /** The person is asked something, and nothing else may be written. */
  get isInDialogue(): boolean {
    return this.#isAsking || this.#viewer !== undefined || this.#pager?.isStanding === true;
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
    this.#hasLeft = false;
    try {
      const outcome = await untilEnd(command((part) => this.#show(part)));
      this.#isRunning = false;
      this.#endView();
      if (outcome === null) session.interrupt();
      // A command that is over asks nothing any more: it may have been ended for another reason than an answer.
      else if (this.#isAsking) await dialogues.cancel();
      if (outcome?.unfinished === false) await untilEnd(this.#flushed());
      return outcome;
    } finally {
      this.#isRunning = false;
      this.#endView();
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
    this.#viewer?.resized();
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
    if (part.kind === 'live' && this.#parts.fullScreen !== null) {
      this.#view(part.view, this.#parts.fullScreen);
      return;
    }
    this.#endView();
    // Where it can't be shown as it changes, it is shown once.
    if (part.kind === 'live') this.#parts.session.interrupt();
    if (part.kind === 'unpaged') this.#pager?.showRest();
    const { print, terminal } = this.#parts;
    const text = terminal.isPlain ? print(part) : print(part, terminal.columns);
    const pager = this.#pager;
    // Somebody who has left the pager still wants to know how the command ended.
    if (pager === undefined || (pager.isStopped && part.kind !== 'output')) this.#parts.screen.write(text);
    else pager.write(text);
  }

  #view(view: LiveView, screen: FullScreen): void {
    const { keyboard, session } = this.#parts;
    // It may have been left while this view was on its way.
    if (!this.#isRunning || this.#hasLeft) return;
    if (this.#viewer !== undefined) {
      this.#viewer.change(view);
      return;
    }
    const leave = (): void => {
      this.#hasLeft = true;
      session.interrupt();
      this.#endView();
    };
    const answer = (text: string): void => session.answer(text);
    const viewer = new LiveViewer({ screen, keyboard, answer, leave }, view);
    // By a key that was typed ahead.
    if (this.#hasLeft) viewer.stop();
    else this.#viewer = viewer;
  }

  #endView(): void {
    this.#viewer?.stop();
    this.#viewer = undefined;
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
