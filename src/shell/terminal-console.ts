import type { Session } from '../cli/session/session.ts';
import type { Question } from '../cli/typing/assistance.ts';
import type { Console, Ending, ShellOptions } from './console.ts';
import { EnquirerDialogues } from './dialogues/enquirer-dialogues.ts';
import { Screen } from './screen/screen.ts';
import { paintFor } from './screen/theme.ts';
import { Shell } from './shell.ts';
import { Keyboard } from './terminal/keyboard.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Bracketed paste on; off again, and the cursor visible. */
const modes = { begin: '\x1b[?2004h', end: '\x1b[?2004l\x1b[?25h' };

export class TerminalConsole implements Console {
  readonly #terminal: Terminal;
  readonly #keyboard: Keyboard;
  readonly #screen: Screen;
  readonly #dialogues: EnquirerDialogues;
  readonly #release: () => void;
  #shell: Shell | undefined;
  #isAsking = false;
  #isClosed = false;
  /** Text that came while the person was being asked something. */
  #held = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#keyboard = new Keyboard(terminal.input);
    this.#screen = new Screen(terminal, paintFor(terminal.colour));
    this.#dialogues = new EnquirerDialogues(terminal, this.#screen, this.#keyboard);
    terminal.output.on('error', () => this.close());
    terminal.setRaw(true);
    terminal.output.write(modes.begin);
    this.#release = terminal.guard(() => this.#restore());
  }

  async ask(question: Question): Promise<string | null> {
    if (this.#isClosed) return null;
    this.#isAsking = true;
    try {
      return await this.#dialogues.ask(question);
    } finally {
      this.#isAsking = false;
      this.#showHeld();
    }
  }

  cancel(): Promise<void> {
    return this.#dialogues.cancel();
  }

  notify(text: string): void {
    const lines = text.endsWith('\n') ? text : `${text}\n`;
    if (this.#isAsking || this.#shell?.isInDialogue === true) this.#held += lines;
    else this.#screen.writeAbove(lines);
  }

  async run(session: Session, options: ShellOptions): Promise<Ending> {
    if (this.#isClosed) return 'left';
    const shell = new Shell({
      session,
      terminal: this.#terminal,
      keyboard: this.#keyboard,
      screen: this.#screen,
      dialogues: this,
      ready: () => this.#showHeld(),
      notify: (text) => this.notify(text),
      options,
    });
    this.#shell = shell;
    const unlisten = this.#terminal.onResize(() => shell.resized());
    try {
      return await shell.run();
    } finally {
      unlisten();
      shell.stop();
      await this.cancel();
      this.#shell = undefined;
      this.#screen.beginRow();
      this.#showHeld();
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#screen.beginRow();
    this.#screen.close();
    this.#keyboard.stop();
    this.#release();
    this.#restore();
  }

  #restore(): void {
    if (this.#terminal.output.writable) this.#terminal.output.write(modes.end);
    this.#terminal.setRaw(false);
  }

  #showHeld(): void {
    const text = this.#held;
    this.#held = '';
    if (text !== '') this.notify(text);
  }
}
