import type { ReplyPart, Session, Status } from '../cli/session/session.ts';
import type { Question } from '../cli/typing/assistance.ts';
import { wrappedLines } from '../text/display-width.ts';
import type { Console, Ending, ShellOptions } from './console.ts';
import type { Dialogues } from './dialogues/dialogues.ts';
import { EnquirerDialogues } from './dialogues/enquirer-dialogues.ts';
import { PlainDialogues } from './dialogues/plain-dialogues.ts';
import { FullScreen } from './screen/full-screen.ts';
import { PlainScreen } from './screen/plain-screen.ts';
import { RepaintedScreen } from './screen/repainted-screen.ts';
import type { Screen } from './screen/screen.ts';
import { paintFor } from './screen/theme.ts';
import { Shell } from './shell.ts';
import { Keyboard } from './terminal/keyboard.ts';
import { plainTerminal, type Terminal } from './terminal/terminal.ts';

/** Bracketed paste on; off again, and the cursor visible. */
const modes = { begin: '\x1b[?2004h', end: '\x1b[?2004l\x1b[?25h' };

export class TerminalConsole implements Console {
  readonly #terminal: Terminal;
  readonly #keyboard: Keyboard;
  #face: Face;
  readonly #release: () => void;
  #shell: Shell | undefined;
  #isAsking = false;
  #isClosed = false;
  /** Text that came while the person was being asked something. */
  #held = '';
  /** What was announced before it is known who is there; null: that is known. */
  #early: string[] | null = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#keyboard = new Keyboard(terminal.input);
    this.#face = terminal.isPlain ? plainFace(terminal, this.#keyboard) : fullFace(terminal, this.#keyboard);
    terminal.output.on('error', () => this.close());
    terminal.setRaw(true);
    this.#release = terminal.guard(() => this.#restore());
  }

  get isPlain(): boolean {
    return this.#face.isPlain;
  }

  get isOver(): boolean {
    return this.#isClosed || this.#keyboard.hasEnded;
  }

  async ask(question: Question): Promise<string | null> {
    if (this.#isClosed) return null;
    this.#showEarly();
    this.#isAsking = true;
    try {
      return await this.#face.dialogues.ask(question);
    } finally {
      this.#isAsking = false;
      this.#showHeld();
    }
  }

  cancel(): Promise<void> {
    return this.#face.dialogues.cancel();
  }

  notify(text: string): void {
    const whole = text.endsWith('\n') ? text : `${text}\n`;
    const lines = this.#face.isPlain ? whole : wrappedLines(whole, this.#terminal.columns);
    if (this.#isAsking || this.#shell?.isInDialogue === true) this.#held += lines;
    else this.#face.screen.writeAbove(lines);
  }

  forgetTyped(): void {
    this.#keyboard.discardTypeAhead();
  }

  announce(text: string): void {
    if (this.#early !== null) this.#early.push(text);
    else if (!this.#face.isPlain) this.notify(text);
  }

  becomePlain(): void {
    if (!this.#face.isPlain) this.#face = plainFace(this.#terminal, this.#keyboard);
  }

  async run(session: Session, options: ShellOptions): Promise<Ending> {
    return (await this.#inShell(session, options, (shell) => shell.run())) ?? 'left';
  }

  async perform(session: Session, command: string, { print }: Pick<ShellOptions, 'print'>): Promise<Status> {
    const options = { print, historyFile: null, mustRun: null };
    return (await this.#inShell(session, options, (shell) => shell.perform(command))) ?? 1;
  }

  /** Null: the console is closed. */
  async #inShell<Result>(
    session: Session,
    options: ShellOptions,
    use: (shell: Shell) => Promise<Result>,
  ): Promise<Result | null> {
    const { settings } = await session.state();
    if (this.#isClosed) return null;
    // An administrator may be a program, on a terminal that looks like that of a person.
    if (settings.plain) this.becomePlain();
    this.#showEarly();
    if (!this.#face.isPlain) this.#terminal.output.write(modes.begin);
    const shell = new Shell({
      session,
      terminal: this.#face.terminal,
      keyboard: this.#keyboard,
      screen: this.#face.screen,
      fullScreen: this.#face.fullScreen,
      dialogues: this,
      ready: () => this.#showHeld(),
      notify: (text) => this.notify(text),
      suspend: () => this.#suspend(options.mustRun),
      options: this.#face.isPlain
        ? options
        : { ...options, print: (part, width) => options.print(onScreen(part), width) },
    });
    this.#shell = shell;
    const unlisten = this.#terminal.onResize(() => shell.resized());
    try {
      return await use(shell);
    } finally {
      unlisten();
      shell.stop();
      await this.cancel();
      this.#shell = undefined;
      this.#face.screen.beginRow();
      this.#showHeld();
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#showEarly();
    this.#isClosed = true;
    this.#face.screen.beginRow();
    this.#face.screen.close();
    this.#keyboard.stop();
    this.#release();
    this.#restore();
  }

  #restore(): void {
    if (this.#terminal.output.writable && !this.#face.isPlain) {
      this.#face.fullScreen?.leave();
      this.#terminal.output.write(modes.end);
    }
    this.#terminal.setRaw(false);
  }

  /** Gives the terminal back as long as the process stands still. */
  async #suspend(mustRun: string | null): Promise<void> {
    const { suspend } = this.#terminal;
    if (mustRun !== null) this.notify(mustRun);
    if (mustRun !== null || suspend === undefined) return;
    this.#face.screen.beginRow();
    this.#restore();
    await suspend();
    this.#terminal.setRaw(true);
    if (!this.#face.isPlain) this.#terminal.output.write(modes.begin);
  }

  #showEarly(): void {
    const early = this.#early ?? [];
    this.#early = null;
    for (const text of early) this.announce(text);
  }

  #showHeld(): void {
    const text = this.#held;
    this.#held = '';
    if (text !== '') this.notify(text);
  }
}

/** A part as a person sees it on a screen; programs at a plain terminal have it as it was written. */
function onScreen(part: ReplyPart): ReplyPart {
  return part.kind === 'output' && part.screen !== undefined ? { kind: 'output', text: part.screen } : part;
}

/** How a console looks. */
type Face = {
  readonly isPlain: boolean;
  readonly terminal: Terminal;
  readonly screen: Screen;
  /** Null: it understands nothing but lines. */
  readonly fullScreen: FullScreen | null;
  readonly dialogues: Dialogues;
};

function fullFace(terminal: Terminal, keyboard: Keyboard): Face {
  const paint = paintFor(terminal.colour);
  const screen = new RepaintedScreen(terminal, paint);
  return {
    isPlain: false,
    terminal,
    screen,
    fullScreen: new FullScreen(terminal, paint),
    dialogues: new EnquirerDialogues(terminal, screen, keyboard),
  };
}

function plainFace(terminal: Terminal, keyboard: Keyboard): Face {
  const screen = new PlainScreen(terminal);
  return {
    isPlain: true,
    terminal: plainTerminal(terminal),
    screen,
    fullScreen: null,
    dialogues: new PlainDialogues(screen, keyboard),
  };
}
