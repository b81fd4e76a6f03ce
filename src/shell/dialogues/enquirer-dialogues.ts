import { PassThrough } from 'node:stream';
import type { Question } from '../../cli/typing/assistance.ts';
import { harmless } from '../../text/harmless.ts';
import type { Screen } from '../screen/screen.ts';
import type { Key } from '../terminal/key.ts';
import type { Keyboard } from '../terminal/keyboard.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { Confirmation } from './confirmation.ts';
import { cancelKeys, type Dialogues } from './dialogues.ts';

/**
 * Dialogues of enquirer. It never gets hold of the terminal: it is fed keys that are decoded already, and only those
 * it knows what to do with. So its own readline sees no Ctrl-C (on which that closes itself, and enquirer then
 * throws ERR_USE_AFTER_CLOSE: enquirer issue 483), no Ctrl-D and no Ctrl-Z, and what is typed ahead stays where it is.
 */
export class EnquirerDialogues implements Dialogues {
  readonly #terminal: Terminal;
  readonly #screen: Screen;
  readonly #keyboard: Keyboard;
  #cancel: () => void = () => undefined;
  #asked: Promise<string | null> = Promise.resolve(null);

  constructor(terminal: Terminal, screen: Screen, keyboard: Keyboard) {
    this.#terminal = terminal;
    this.#screen = screen;
    this.#keyboard = keyboard;
  }

  ask(question: Question): Promise<string | null> {
    const answer = this.#ask(question);
    this.#asked = answer;
    return answer;
  }

  async cancel(): Promise<void> {
    this.#cancel();
    await this.#asked.catch(() => null);
  }

  async #ask(question: Question): Promise<string | null> {
    const keys = new KeyStream();
    let isCancelled = false;
    this.#cancel = () => {
      isCancelled = true;
      keys.press('\x1b', 'escape');
    };
    void this.#keyboard.ended.then(this.#cancel);
    const { default: Enquirer } = await import('enquirer');
    this.#screen.beginRow();
    const showCursor = (shows: boolean) => (): void => {
      // The cursor that enquirer draws itself can't be seen without colour.
      if (this.#terminal.colour || question.kind === 'confirm')
        this.#terminal.output.write(shows ? '\x1b[?25h' : '\x1b[?25l');
    };
    const dialogue = new Enquirer<{ answer: unknown }>({
      stdin: keys,
      stdout: outputOf(this.#terminal),
      symbols,
      // Enquirer's own functions exit on SIGTERM, before Levee has stopped.
      cursorHide: showCursor(false),
      cursorShow: showCursor(true),
    });
    let isAnswered = false;
    // Keys after the one that answers are for what comes next.
    let release = (): void => undefined;
    const confirmation = question.kind === 'confirm' ? new Confirmation() : null;
    dialogue.once('start', () => {
      release = this.#keyboard.handle((key) => {
        const isOver = key.kind === 'key' && (key.chord === 'enter' || cancelKeys.has(key.chord));
        const reply = confirmation?.replyOf(key);
        isAnswered = isOver || reply !== undefined;
        if (isAnswered) release();
        if (confirmation === null || isOver) feed(keys, key);
        // Enquirer takes more for an answer than Levee does. What is none rings the bell.
        else keys.press(reply === undefined ? ' ' : reply.slice(0, 1), undefined);
        return true;
      });
      // A secret that is typed too early must not appear at a prompt; that something may be done is said to its question.
      if (question.kind === 'text' || question.kind === 'password') this.#keyboard.offerTypeAhead();
      if (isCancelled) this.#cancel();
    });
    try {
      const { answer } = await dialogue.prompt(promptOf(question, () => isAnswered));
      return typeof answer === 'boolean' ? (answer ? 'yes' : 'no') : String(answer);
    } catch (error) {
      // A cancelled prompt rejects with nothing.
      if (error instanceof Error) throw error;
      return null;
    } finally {
      release();
      this.#cancel = () => undefined;
      keys.destroy();
      showCursor(true)();
      this.#screen.invalidate();
    }
  }
}

/** What enquirer takes for a terminal's input: keys are put in where readline would find them decoded. */
class KeyStream extends PassThrough {
  readonly isTTY = true;

  setRawMode(): this {
    return this;
  }

  press(text: string | undefined, name: string | undefined, ctrl = false, shift = false): void {
    this.emit('keypress', text, { sequence: text ?? '', name, ctrl, meta: false, shift });
  }
}

const editingKeys: ReadonlySet<string> = new Set([
  'up',
  'down',
  'left',
  'right',
  'backspace',
  'delete',
  'tab',
]);

function feed(keys: KeyStream, key: Key): void {
  if (key.kind === 'overflow') return;
  if (key.kind === 'paste') {
    // A newline in a paste must not answer.
    for (const character of key.text.split('\n', 1)[0] ?? '') keys.press(character, undefined);
  } else if (key.text !== '') {
    keys.press(key.text, key.decoded.name);
  } else if (key.chord === 'enter') {
    keys.press('\r', 'return');
  } else if (key.chord === 'C-u') {
    keys.press('\x07', 'g', true);
  } else if (cancelKeys.has(key.chord)) {
    keys.press('\x1b', 'escape');
  } else if (editingKeys.has(key.chord)) {
    keys.press(key.sequence, key.chord);
  } else if (key.chord === 'S-tab') {
    keys.press(key.sequence, 'tab', false, true);
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it begins with an escape
const colourSequence = /\x1b\[[\d;]*m/g;

function outputOf(terminal: Terminal): object {
  return {
    isTTY: true,
    get columns() {
      return terminal.columns;
    },
    get rows() {
      return terminal.rows;
    },
    write(text: string): boolean {
      const plain = terminal.colour ? text : text.replace(colourSequence, '');
      terminal.output.write(plain.replace(/\r?\n/g, '\r\n'));
      return true;
    },
  };
}

/** Plain symbols, the same on every platform. */
const symbols = {
  prefix: { pending: '?', submitted: '?', cancelled: '?' },
  separator: { pending: ':', submitted: ':', cancelled: ':' },
  ellipsis: ':',
  pointer: '>',
};

function promptOf(question: Question, isAnswered: () => boolean) {
  const message = harmless(question.message);
  const common = { name: 'answer', message } as const;
  switch (question.kind) {
    case 'confirm':
      return {
        ...common,
        type: 'confirm',
        initial: false,
        format: (value: unknown) => (!isAnswered() ? '' : value === true ? 'yes' : 'no'),
      } as const;
    case 'text':
      return { ...common, type: 'input', initial: harmless(question.initial) } as const;
    case 'password':
      return { ...common, type: 'password' } as const;
    case 'select':
      return {
        ...common,
        type: 'select',
        choices: question.choices.map(({ word, help }) => ({
          name: word,
          message: harmless(word),
          hint: harmless(help),
        })),
      } as const;
  }
}
