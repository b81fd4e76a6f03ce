import { displayWidth } from '../../text/display-width.ts';
import { graphemes } from '../../text/graphemes.ts';
import { harmless } from '../../text/harmless.ts';
import { printable } from '../../text/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { continuationPrompt, type Picture } from './frame.ts';
import type { Screen } from './screen.ts';

/** What stands in the row of the prompt, and how much of it is before the cursor. */
type Shown = { readonly text: string; readonly before: string; readonly below: string };

/**
 * A screen for programs and for terminals that understand no escape sequences: what is typed is echoed as it was typed,
 * changes of the line go by backspaces, and nothing is painted again.
 */
export class PlainScreen implements Screen {
  readonly #terminal: Terminal;
  #shown: Shown | undefined;
  /** What stood there when the line was left. */
  #left: string | undefined;
  #isAtLineStart = true;
  #isClosed = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  paint(picture: Picture): void {
    const next = shownOf(picture);
    const isListed = next.below !== '' && next.below !== this.#shown?.below;
    if (isListed) {
      this.leave();
      this.#send(next.below);
    }
    const old = isListed ? undefined : (this.#shown ?? this.#goneOn(next.text));
    this.#send(old === undefined ? `${this.#isAtLineStart ? '' : '\n'}${wholeOf(next)}` : changed(old, next));
    this.#shown = next;
    this.#left = undefined;
    this.#isAtLineStart = false;
  }

  leave(): void {
    if (this.#shown === undefined) return;
    const { text, before } = this.#shown;
    this.#send(`${text.slice(before.length)}\n`);
    this.#left = text;
    this.#shown = undefined;
    this.#isAtLineStart = true;
  }

  write(text: string): void {
    if (text === '') return;
    this.leave();
    this.#left = undefined;
    this.#send(harmless(text));
    this.#isAtLineStart = text.endsWith('\n');
  }

  writeAbove(text: string): void {
    const shown = this.#shown;
    if (shown === undefined && !this.#isAtLineStart) this.write('\n');
    this.write(text.endsWith('\n') ? text : `${text}\n`);
    if (shown === undefined) return;
    this.#send(wholeOf(shown));
    this.#shown = shown;
    this.#isAtLineStart = false;
  }

  /** As appliances of this kind take `--More--` away. */
  erase(): void {
    if (this.#shown === undefined) return;
    this.#send(`\r${' '.repeat(displayWidth(this.#shown.text))}\r`);
    this.invalidate();
  }

  clear(): void {
    this.leave();
  }

  resized(): void {
    // The terminal has broken the line anew by itself.
  }

  beginRow(): void {
    if (this.#shown !== undefined) this.leave();
    else if (!this.#isAtLineStart) this.#send('\n');
    this.invalidate();
  }

  invalidate(): void {
    this.#shown = undefined;
    this.#left = undefined;
    this.#isAtLineStart = true;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** A line that goes on in the row below: all that stood there when it was left. */
  #goneOn(text: string): Shown | undefined {
    const left = this.#left === undefined ? undefined : `${this.#left}\n`;
    return left !== undefined && text.startsWith(left) ? { text: left, before: left, below: '' } : undefined;
  }

  #send(text: string): void {
    if (text !== '' && !this.#isClosed)
      this.#terminal.output.write(text.replaceAll('\n', this.#terminal.newline));
  }
}

function shownOf({ prompt, line, suffix, below }: Picture): Shown {
  // A tab is echoed as it was typed, but where the cursor would have to go back over it.
  const start = prompt + rendered(line.text.slice(0, line.cursor), '\t');
  const text = start + rendered(line.text.slice(line.cursor)) + suffix.text;
  return {
    text,
    // Behind a suffix nothing is typed any more.
    before: suffix.text === '' ? start : text,
    below: below
      .map(
        (spans) =>
          `${spans
            .map(({ text }) => text)
            .join('')
            .trimEnd()}\n`,
      )
      .join(''),
  };
}

function rendered(text: string, tab = printable('\t')): string {
  return graphemes(text)
    .map((character) => {
      if (character === '\t') return tab;
      return character === '\n' ? `\n${continuationPrompt}` : printable(character);
    })
    .join('');
}

function wholeOf({ text, before }: Shown): string {
  return text + back(text.slice(before.length));
}

/** What leads from one text to the next. */
function changed(old: Shown, next: Shown): string {
  if (old.text === next.text) return moved(next.text, old.before.length, next.before.length);
  const same = sharedLength(old.text, next.text);
  const [gone, come] = [old.text.slice(same), next.text.slice(same)];
  // No backspace leads to the row above, nor back over a tab; and that leaves what stands under it.
  const crossed = `${gone}${old.before.slice(same)}`;
  if (/[\n\t]/.test(crossed) || (gone !== '' && come.includes('\t'))) return `\n${wholeOf(next)}`;
  const rest = Math.max(0, displayWidth(gone) - displayWidth(come));
  const overwritten = `${come}${' '.repeat(rest)}${'\b'.repeat(rest)}`;
  return `${moved(old.text, old.before.length, same)}${overwritten}${back(next.text.slice(next.before.length))}`;
}

/** What moves the cursor within a text. */
function moved(text: string, from: number, to: number): string {
  return to < from ? back(text.slice(to, from)) : text.slice(from, to);
}

function back(text: string): string {
  return '\b'.repeat(displayWidth(text));
}

/** How much is the same at the start of both; it ends between two characters. */
function sharedLength(one: string, other: string): number {
  let length = 0;
  for (const character of graphemes(one)) {
    if (!other.startsWith(character, length)) break;
    length += character.length;
  }
  return length;
}
