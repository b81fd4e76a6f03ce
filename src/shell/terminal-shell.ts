import type { Outcome, ReplyPart, Session } from '../control/session.ts';
import { EnquirerDialogues } from './enquirer-dialogues.ts';
import { Foreground } from './foreground.ts';
import { History } from './history.ts';
import { HistoryFile } from './history-file.ts';
import { IdleTimer } from './idle-timer.ts';
import { Keyboard } from './keyboard.ts';
import { emptyLine, lineOf } from './line.ts';
import { type Entered, LineEditor } from './line-editor.ts';
import { helpText } from './menu.ts';
import { runPlainShell } from './plain-shell.ts';
import { Screen } from './screen.ts';
import type { Terminal } from './terminal.ts';
import { paintFor } from './theme.ts';

export type ShellOptions = {
  readonly terminal: Terminal;
  /** A part as it is to be read. */
  readonly print: (part: ReplyPart) => string;
  /** Where lines are kept between runs; null: nowhere. */
  readonly historyFile: string | null;
  /** Calls `tell` with what is to be shown whatever the person is doing. Returns how to stop that. */
  readonly events: (tell: (text: string) => void) => () => void;
  /** Aborted, it ends the shell. */
  readonly signal: AbortSignal;
};

type Command = Extract<Entered, { text: string }>;

/** Bracketed paste on; off again, and the cursor visible. */
const modes = { begin: '\x1b[?2004h', end: '\x1b[?2004l\x1b[?25h' };

const blockOptions = { check: false, keepGoing: false, skipUnknown: false, operations: true };

/**
 * A person at a terminal, with a session: until `exit`, Ctrl-D at the root, idleness, the signal or a lost terminal.
 * Rejects when the session is lost. The terminal is left as it was found.
 */
export async function runShell(session: Session, options: ShellOptions): Promise<void> {
  if (!options.terminal.isTTY) {
    await runPlainShell(session, options.terminal, options.print);
    return;
  }
  const shell = new Shell(session, options);
  try {
    await shell.run();
  } finally {
    shell.stop();
  }
}

class Shell {
  readonly #session: Session;
  readonly #options: ShellOptions;
  readonly #keyboard: Keyboard;
  readonly #screen: Screen;
  readonly #history: History;
  readonly #editor: LineEditor;
  readonly #foreground: Foreground;
  readonly #idle: IdleTimer;
  /** Settles when the shell is to end whatever goes on. */
  readonly #ending = Promise.withResolvers<null>();
  readonly #undo: (() => void)[];
  /** What happened while it could not be shown. */
  #held = '';

  constructor(session: Session, options: ShellOptions) {
    const { terminal, print } = options;
    this.#session = session;
    this.#options = options;
    const screen = new Screen(terminal, paintFor(terminal.colour));
    const keyboard = new Keyboard(terminal.input, () => this.#idle.touch());
    const history = this.#openHistory();
    const failed = (error: unknown): void => this.#ending.reject(error);
    const dialogues = new EnquirerDialogues(terminal, screen, keyboard);
    const untilEnd = <Value>(promise: Promise<Value>): Promise<Value | null> => this.#untilEnd(promise);
    const foreground = new Foreground({
      session,
      terminal,
      keyboard,
      screen,
      dialogues,
      print,
      untilEnd,
      failed,
    });
    const showHelp = async (lines: Parameters<typeof helpText>[0]): Promise<void> => {
      await foreground.page(helpText(lines, terminal.columns));
      this.#tellHeld();
    };
    this.#screen = screen;
    this.#keyboard = keyboard;
    this.#history = history;
    this.#foreground = foreground;
    this.#editor = new LineEditor({
      terminal,
      keyboard,
      screen,
      history,
      assistance: session,
      showHelp,
      failed,
    });
    this.#idle = new IdleTimer(
      () => foreground.isBusy,
      (minutes) => this.#expire(minutes),
    );
    this.#undo = this.#begin();
  }

  /** Takes the terminal; gives what gives it back. */
  #begin(): (() => void)[] {
    const { terminal, signal, events } = this.#options;
    const end = (): void => this.#ending.resolve(null);
    // It may be rejected while nobody waits; whoever waits next is told.
    this.#ending.promise.catch(() => undefined);
    void this.#keyboard.ended.then(end);
    terminal.output.on('error', end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    terminal.setRaw(true);
    terminal.output.write(modes.begin);
    const restore = (): void => {
      if (terminal.output.writable) terminal.output.write(modes.end);
      terminal.setRaw(false);
    };
    return [
      terminal.guard(restore),
      terminal.onResize(() => this.#resized()),
      events((text) => this.#tell(text)),
      () => signal.removeEventListener('abort', end),
      () => this.#idle.stop(),
      () => this.#screen.beginRow(),
      restore,
      () => this.#keyboard.stop(),
    ];
  }

  stop(): void {
    for (const undo of this.#undo) undo();
  }

  async run(): Promise<void> {
    let state = await this.#untilEnd(this.#session.look());
    let line = emptyLine;
    while (state !== null && !state.closed) {
      this.#idle.start(state.settings.idleMinutes);
      this.#tellHeld();
      const entered = await this.#untilEnd(this.#editor.read(state.prompt, line, state.leave));
      if (entered === null || entered.kind === 'ended' || entered.kind === 'leave') return;
      line = emptyLine;
      if (entered.text.trim() !== '') {
        state = await this.#run(entered, state);
        if (state?.unfinished === true) line = lineOf(`${entered.text}\n`);
      }
      // An unfinished line is painted over where it stands.
      if (line === emptyLine) this.#screen.beginRow();
    }
  }

  async #run({ kind, text }: Command, { settings }: Outcome): Promise<Outcome | null> {
    if (kind === 'block') {
      const source = { name: 'pasted', bytes: Buffer.from(text) };
      return this.#foreground.run((emit) => this.#session.batch([source], blockOptions, emit), settings.more);
    }
    const outcome = await this.#foreground.run((emit) => this.#session.execute(text, emit), settings.more);
    if (outcome?.unfinished !== true) this.#history.add(text);
    return outcome;
  }

  #untilEnd<Value>(promise: Promise<Value>): Promise<Value | null> {
    return Promise.race([this.#ending.promise, promise]);
  }

  #tell(text: string): void {
    if (this.#foreground.isInDialogue) this.#held += text.endsWith('\n') ? text : `${text}\n`;
    else this.#screen.writeAbove(text);
  }

  #tellHeld(): void {
    if (this.#held !== '') this.#screen.writeAbove(this.#held);
    this.#held = '';
  }

  #resized(): void {
    this.#screen.resized();
    this.#foreground.resized();
    this.#editor.resized();
  }

  #expire(minutes: number): void {
    this.#screen.writeAbove(`Nothing was typed for ${minutes} minutes: the session ends.`);
    this.#ending.resolve(null);
  }

  /** A history that can't be kept is no reason to have no shell; it is said once. */
  #openHistory(): History {
    const { historyFile } = this.#options;
    if (historyFile === null) return new History([], () => undefined);
    const file = new HistoryFile(historyFile);
    let isKept = true;
    const trying = <Value>(action: () => Value, otherwise: Value): Value => {
      if (!isKept) return otherwise;
      try {
        return action();
      } catch (error) {
        isKept = false;
        this.#held += `The history is not kept: ${error instanceof Error ? error.message : error}\n`;
        return otherwise;
      }
    };
    const entries = trying(() => file.read(), []);
    return new History(entries, (entry) => trying(() => file.append(entry), undefined));
  }
}
