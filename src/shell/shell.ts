import { atOnce, type Outcome, type Session, type Status, strictBatch } from '../cli/session/session.ts';
import type { HelpLine } from '../cli/typing/assistance.ts';
import { counted } from '../text/plural.ts';
import { messageOf } from '../text/reason.ts';
import { CommandRunner } from './command-runner.ts';
import type { Ending, ShellOptions } from './console.ts';
import type { Dialogues } from './dialogues/dialogues.ts';
import { History } from './editor/history.ts';
import { HistoryFile } from './editor/history-file.ts';
import { emptyLine, lineOf } from './editor/line.ts';
import { type Entered, LineEditor } from './editor/line-editor.ts';
import { helpText } from './editor/menu.ts';
import { IdleTimer } from './idle-timer.ts';
import type { FullScreen } from './screen/full-screen.ts';
import type { Screen } from './screen/screen.ts';
import type { Keyboard } from './terminal/keyboard.ts';
import type { Terminal } from './terminal/terminal.ts';

export type ShellParts = {
  readonly session: Session;
  readonly terminal: Terminal;
  readonly keyboard: Keyboard;
  readonly screen: Screen;
  readonly dialogues: Dialogues;
  readonly fullScreen: FullScreen | null;
  /** Called before the person is asked for the next line. */
  readonly ready: () => void;
  /** Shows text above what is being typed. */
  readonly notify: (text: string) => void;
  /** Stops the process, where it may be; resolves when it goes on. */
  readonly suspend: () => Promise<void>;
  readonly options: ShellOptions;
};

type Command = Extract<Entered, { readonly text: string }>;

const blockOptions = { ...strictBatch, operations: true, here: true };

/** A session at a terminal: reads, runs and shows, until either ends. */
export class Shell {
  readonly #parts: ShellParts;
  readonly #history: History;
  readonly #editor: LineEditor;
  readonly #runner: CommandRunner;
  readonly #idle: IdleTimer;
  readonly #unlisten: () => void;
  /** Settles when the shell has to end, whatever is going on. */
  readonly #ending = Promise.withResolvers<null>();
  #ended: Ending = 'left';
  #isOver = false;

  constructor(parts: ShellParts) {
    const { session, terminal, keyboard, screen, dialogues, fullScreen, options, notify, suspend, ready } =
      parts;
    const history = openHistory(options.historyFile, notify);
    const failed = (error: unknown): void => this.#ending.reject(error);
    const runner = new CommandRunner({
      session,
      terminal,
      keyboard,
      screen,
      dialogues,
      fullScreen,
      print: options.print,
      untilEnd: (promise) => this.#untilEnd(promise),
      failed,
    });
    const showHelp = async (lines: readonly HelpLine[]): Promise<void> => {
      await runner.page(helpText(lines, terminal.columns));
      ready();
    };
    this.#parts = parts;
    this.#history = history;
    this.#runner = runner;
    this.#editor = new LineEditor({
      terminal,
      keyboard,
      screen,
      history,
      assistance: session,
      showHelp,
      suspend,
      failed,
    });
    this.#idle = new IdleTimer(
      () => runner.isBusy,
      (minutes) => {
        notify(`Nothing was typed for ${counted(minutes, 'minute')}: the session ends.`);
        this.#end('idle');
      },
    );
    void session.revoked.then((reason) => {
      if (!this.#isOver) notify(`${reason}\n`);
      this.#end('revoked');
    });
    void session.lost?.then(failed);
    this.#unlisten = keyboard.onKey(() => this.#idle.touch());
    // It may be rejected while nobody waits for it: whoever waits next gets the rejection.
    this.#ending.promise.catch(() => undefined);
    void keyboard.ended.then(() => this.#ending.resolve(null));
  }

  /** The person is asked something, and nothing else may be written. */
  get isInDialogue(): boolean {
    return this.#runner.isInDialogue;
  }

  async run(): Promise<Ending> {
    await this.#prompt();
    return this.#ended;
  }

  /** Runs one command, and prompts for none. */
  async perform(command: string): Promise<Status> {
    const { session, terminal, ready } = this.#parts;
    const drained = terminal.drained ?? atOnce;
    const state = await this.#untilEnd(session.state());
    if (state === null) return 1;
    this.#idle.start(state.settings.idleMinutes);
    ready();
    const outcome = await this.#runner.run(
      (emit) => session.execute(command, emit, drained),
      state.settings.more,
    );
    return outcome?.status ?? 1;
  }

  #end(ending: Ending): void {
    this.#ended = ending;
    this.#ending.resolve(null);
  }

  async #prompt(): Promise<void> {
    const { session, screen, ready } = this.#parts;
    let state = await this.#untilEnd(session.state());
    let line = emptyLine;
    while (state !== null && !state.closed) {
      this.#idle.start(state.settings.idleMinutes);
      ready();
      const entered = await this.#untilEnd(this.#editor.read(state.prompt, line, state.leave));
      if (entered === null || entered.kind === 'ended' || entered.kind === 'leave') return;
      line = emptyLine;
      if (entered.text.trim() !== '') {
        state = await this.#run(entered, state);
        if (state?.revoked === true) this.#ended = 'revoked';
        if (state?.unfinished === true) line = lineOf(`${entered.text}\n`);
      }
      // An unfinished line is painted over where it stands.
      if (line === emptyLine) screen.beginRow();
    }
  }

  stop(): void {
    this.#isOver = true;
    this.#unlisten();
    this.#idle.stop();
  }

  resized(): void {
    this.#parts.screen.resized();
    this.#runner.resized();
    this.#editor.resized();
  }

  async #run({ kind, text }: Command, { settings }: Outcome): Promise<Outcome | null> {
    const { session, terminal } = this.#parts;
    const drained = terminal.drained ?? atOnce;
    if (kind === 'block') {
      const source = { name: 'pasted', bytes: Buffer.from(text) };
      return this.#runner.run((emit) => session.batch([source], blockOptions, emit, drained), settings.more);
    }
    // Asked before: the command may lead to where the same text means something else.
    const isSecret = await this.#untilEnd(session.mayHoldSecret(text));
    if (isSecret === null) return null;
    const outcome = await this.#runner.run((emit) => session.execute(text, emit, drained), settings.more);
    if (outcome?.unfinished !== true && !isSecret) {
      this.#history.add(text);
      this.#history.ran(text, outcome?.status === 0);
    }
    return outcome;
  }

  #untilEnd<Value>(promise: Promise<Value>): Promise<Value | null> {
    return Promise.race([this.#ending.promise, promise]);
  }
}

/** The shell works without a history that can't be kept, and says so once. */
function openHistory(path: string | null, notify: (text: string) => void): History {
  if (path === null) return new History([], () => undefined);
  const file = new HistoryFile(path);
  let isKept = true;
  const trying = <Value>(action: () => Value, otherwise: Value): Value => {
    if (!isKept) return otherwise;
    try {
      return action();
    } catch (error) {
      isKept = false;
      notify(`The history is not kept: ${messageOf(error)}`);
      return otherwise;
    }
  };
  const entries = trying(() => file.read(), []);
  return new History(entries, (entry) => trying(() => file.append(entry), undefined));
}
