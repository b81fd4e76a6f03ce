import type { Question } from '../../cli/typing/assistance.ts';
import { harmless } from '../../text/harmless.ts';
import { emptyLine, lineOf } from '../editor/line.ts';
import type { Screen } from '../screen/screen.ts';
import type { Key } from '../terminal/key.ts';
import type { Keyboard } from '../terminal/keyboard.ts';
import { Confirmation } from './confirmation.ts';
import { cancelKeys, type Dialogues } from './dialogues.ts';

/** Questions as programs and teletypes know them: `login: `, `Password: ` without an echo, `(y/n)` for one key. */
export class PlainDialogues implements Dialogues {
  readonly #screen: Screen;
  readonly #keyboard: Keyboard;
  #cancel: () => void = () => undefined;
  #asked: Promise<string | null> = Promise.resolve(null);

  constructor(screen: Screen, keyboard: Keyboard) {
    this.#screen = screen;
    this.#keyboard = keyboard;
  }

  ask(question: Question): Promise<string | null> {
    this.#asked = question.kind === 'select' ? this.#select(question) : this.#read(question);
    return this.#asked;
  }

  async cancel(): Promise<void> {
    this.#cancel();
    await this.#asked.catch(() => null);
  }

  /** Asks until one of the choices is named, or begun so that no other begins so. */
  async #select(question: Extract<Question, { readonly kind: 'select' }>): Promise<string | null> {
    const { message, choices } = question;
    for (const { word, help } of choices) this.#screen.write(`  ${word}  ${help}\n`);
    for (;;) {
      const answer = await this.#read({ kind: 'text', message, initial: '' });
      if (answer === null) return null;
      const meant = choices.filter(({ word }) => word.startsWith(answer));
      const [only] = meant.filter(({ word }) => word === answer || meant.length === 1);
      if (only !== undefined && answer !== '') return only.word;
      this.#screen.write(`one of ${choices.map(({ word }) => word).join(', ')}\n`);
    }
  }

  async #read(question: Exclude<Question, { readonly kind: 'select' }>): Promise<string | null> {
    const { promise, resolve } = Promise.withResolvers<string | null>();
    const confirmation = new Confirmation();
    let typed = '';
    const show = (suffix = ''): void =>
      this.#screen.paint({
        prompt: promptOf(question),
        line: question.kind === 'password' ? emptyLine : lineOf(typed),
        highlights: [],
        suffix: { text: suffix, style: 'plain' },
        below: [],
      });
    const answer = (value: string | null, suffix = ''): void => {
      release();
      show(suffix);
      resolve(value);
    };
    this.#cancel = () => answer(null);
    void this.#keyboard.ended.then(this.#cancel);
    const release = this.#keyboard.handle((key) => {
      if (question.kind === 'confirm') {
        const reply = confirmation.replyOf(key);
        if (reply !== undefined) answer(reply, reply === 'yes' ? 'y' : 'n');
      } else if (key.kind === 'key' && cancelKeys.has(key.chord)) {
        answer(null, '^C');
      } else if (key.kind === 'key' && key.chord === 'enter') {
        answer(typed === '' && question.kind === 'text' ? question.initial : typed);
      } else {
        typed = textAfter(typed, key);
        show();
      }
      return true;
    });
    this.#screen.beginRow();
    show();
    if (question.kind !== 'confirm') this.#keyboard.offerTypeAhead();
    try {
      return await promise;
    } finally {
      this.#cancel = () => undefined;
      this.#screen.beginRow();
    }
  }
}

function promptOf(question: Exclude<Question, { readonly kind: 'select' }>): string {
  const message = harmless(question.message);
  switch (question.kind) {
    case 'confirm':
      return `${message} (y/n) `;
    case 'text':
      return question.initial === '' ? `${message}: ` : `${message} [${harmless(question.initial)}]: `;
    case 'password':
      return `${message.slice(0, 1).toUpperCase()}${message.slice(1)}: `;
  }
}

function textAfter(typed: string, key: Key): string {
  if (key.kind === 'overflow') return typed;
  // A newline in a paste must not answer.
  if (key.kind === 'paste') return typed + (key.text.split('\n', 1)[0] ?? '');
  if (key.chord === 'C-u') return '';
  return key.chord === 'backspace' ? [...typed].slice(0, -1).join('') : typed + key.text;
}
