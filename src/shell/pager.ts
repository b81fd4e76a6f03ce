import { displayWidth } from '../text/display-width.ts';
import { emptyLine, lineOf } from './editor/line.ts';
import type { Screen } from './screen/screen.ts';
import type { Key } from './terminal/key.ts';
import type { Keyboard } from './terminal/keyboard.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Shows output a screenful at a time: space for the next page, Enter for a line, `q` for no more, `/TEXT` to search. */
export class Pager {
  readonly #terminal: Terminal;
  readonly #screen: Screen;
  readonly #keyboard: Keyboard;
  readonly #stopped: () => void;
  /** Lines that are not shown yet, from `#head` on, each with its newline unless it is incomplete. */
  #lines: string[] = [];
  #head = 0;
  /** Rows that may still be written before the person is asked. */
  #room: number;
  /** Nothing was written since the person was asked: the next line is written, however long it is. */
  #isFresh = true;
  #isUnlimited = false;
  #isStopped = false;
  #pattern = '';
  #isSearching = false;
  /** The pattern being typed behind a slash. */
  #typing: string | undefined;
  #release: (() => void) | undefined;
  /** Set while somebody waits until everything is shown, and writes nothing more. */
  #flushing: PromiseWithResolvers<void> | undefined;

  /** `stopped` is called when the person wants no more. */
  constructor(terminal: Terminal, screen: Screen, keyboard: Keyboard, stopped: () => void) {
    this.#terminal = terminal;
    this.#screen = screen;
    this.#keyboard = keyboard;
    this.#stopped = stopped;
    this.#room = this.#page;
  }

  /** The person is being asked whether to go on. */
  get isStanding(): boolean {
    return this.#release !== undefined;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  write(text: string): void {
    if (this.#isStopped) return;
    // One by one: a spread of very many lines overflows the stack.
    for (const [line] of text.matchAll(/[^\n]*\n|[^\n]+/g)) this.#lines.push(line);
    this.#pump();
  }

  /** Shows the rest, and all that follows, without asking. */
  showRest(): void {
    this.#isUnlimited = true;
    this.#continue(Infinity);
  }

  /** Resolves when everything has been shown, or the person wants no more. */
  flush(): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    this.#flushing ??= Promise.withResolvers();
    const { promise } = this.#flushing;
    this.#pump();
    return promise;
  }

  resized(): void {
    if (this.isStanding) this.#ask();
  }

  /** Shows nothing more. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#lines = [];
    this.#setStanding(false);
    this.#flushing?.resolve();
    this.#stopped();
  }

  get #page(): number {
    return this.#isUnlimited ? Infinity : Math.max(1, this.#terminal.rows - 1);
  }

  /** Rows that a line takes; an incomplete line takes none yet. */
  #rowsOf(line: string): number {
    if (!line.endsWith('\n')) return 0;
    const width = displayWidth(line.slice(0, -1).replaceAll('\t', '        '));
    return Math.max(1, Math.ceil(width / this.#terminal.columns));
  }

  #pump(): void {
    if (this.#isSearching) this.#skip();
    while (!this.isStanding && this.#head < this.#lines.length) {
      const line = this.#lines[this.#head] ?? '';
      const rows = this.#rowsOf(line);
      if (rows > this.#room && !this.#isFresh) {
        this.#setStanding(true);
        return;
      }
      this.#screen.write(line);
      this.#isFresh = false;
      this.#room -= rows;
      this.#head += 1;
    }
    if (this.isStanding) return;
    this.#lines = [];
    this.#head = 0;
    if (this.#flushing === undefined) return;
    this.#room = this.#page;
    this.#flushing.resolve();
    this.#flushing = undefined;
  }

  #setStanding(stands: boolean): void {
    if (stands === this.isStanding) return;
    if (stands) {
      this.#release = this.#keyboard.handle((key) => this.#press(key));
      this.#ask();
    } else {
      this.#release?.();
      this.#release = undefined;
      this.#screen.erase();
    }
  }

  #ask(remark = ''): void {
    const typing = this.#typing;
    const prompt = typing === undefined ? `--More--${remark} ` : '/';
    this.#screen.paint({
      prompt,
      line: typing === undefined ? emptyLine : lineOf(typing),
      highlights: [],
      suffix: { text: '', style: 'plain' },
      below: [],
    });
  }

  #press(key: Key): boolean {
    if (key.kind !== 'key') return true;
    if (this.#typing !== undefined) this.#pressInSearch(key.chord, key.text);
    else if (key.chord === ' ') this.#continue(this.#page);
    else if (key.chord === 'enter') this.#continue(1);
    else if (key.chord === 'q' || key.chord === 'C-c') this.stop();
    else if (key.chord === '/') {
      this.#typing = '';
      this.#ask();
    }
    return true;
  }

  #continue(rows: number): void {
    this.#isSearching = false;
    this.#room = rows;
    this.#isFresh = true;
    this.#setStanding(false);
    this.#pump();
  }

  #pressInSearch(chord: string, text: string): void {
    const typed = this.#typing ?? '';
    if (chord === 'enter') {
      this.#typing = undefined;
      this.#pattern = typed === '' ? this.#pattern : typed;
      this.#isSearching = this.#pattern !== '';
      this.#ask();
      this.#pump();
      return;
    }
    const leaves = chord === 'escape' || chord === 'C-c' || (chord === 'backspace' && typed === '');
    this.#typing = leaves ? undefined : chord === 'backspace' ? typed.slice(0, -1) : typed + text;
    this.#ask();
  }

  /** Goes on at the next line that holds the pattern, as soon as there is one. */
  #skip(): void {
    const found = this.#lines.findIndex((line, at) => at >= this.#head && line.includes(this.#pattern));
    if (found >= 0) {
      this.#isSearching = false;
      this.#room = this.#page;
      this.#isFresh = true;
      this.#setStanding(false);
      if (found > this.#head) {
        this.#screen.write('...skipping\n');
        this.#room -= 1;
      }
      this.#head = found;
    } else if (this.#flushing !== undefined) {
      this.#isSearching = false;
      this.#ask(' (not found)');
    }
  }
}
