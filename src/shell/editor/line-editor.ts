import type { Assistance, HelpLine } from '../../cli/typing/assistance.ts';
import type { Span } from '../screen/frame.ts';
import type { Screen } from '../screen/screen.ts';
import type { Key } from '../terminal/key.ts';
import type { Keyboard } from '../terminal/keyboard.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { acceptsGhost, bindings } from './bindings.ts';
import { Hints } from './hints.ts';
import { type History, type Recall, recalled } from './history.ts';
import { type EditState, emptyLine, inOtherRow, inserted, type Line, lineOf } from './line.ts';
import { menuRows } from './menu.ts';
import { beginSearch, type Search, searchPrompt, searchStep } from './search.ts';
import { beginTab, continueTab, type Tab } from './tab.ts';

export type Entered =
  | { readonly kind: 'line'; readonly text: string }
  /** Several lines, pasted in one piece. */
  | { readonly kind: 'block'; readonly text: string }
  /** Ctrl-D on an empty line at the root. */
  | { readonly kind: 'leave' }
  /** There will be no more keys. */
  | { readonly kind: 'ended' };

export type EditorParts = {
  readonly terminal: Terminal;
  readonly keyboard: Keyboard;
  readonly screen: Screen;
  readonly history: History;
  readonly assistance: Assistance;
  readonly showHelp: (lines: readonly HelpLine[]) => Promise<void>;
  /** Stops the process, where it may be; resolves when it goes on. */
  readonly suspend: () => Promise<void>;
  /** Called when the session can't answer any more. */
  readonly failed: (error: unknown) => void;
};

const noSuffix: Span = { text: '', style: 'plain' };

/** Reads lines from keys, and shows what is being typed. */
export class LineEditor {
  readonly #parts: EditorParts;
  readonly #hints: Hints;
  #isReading = false;
  #prompt = '';
  #leave: string | null = null;
  #state: EditState = { line: emptyLine, killed: '' };
  #recall: Recall | undefined;
  #search: Search | undefined;
  #tab: Tab | undefined;
  #isQuotedInsert = false;

  constructor(parts: EditorParts) {
    this.#parts = parts;
    const { assistance, history, failed } = parts;
    this.#hints = new Hints(assistance, history, () => this.#show(), failed);
  }

  /**
   * Reads what the person enters behind a prompt, where `line` stands already. `leave` is the command that Ctrl-D on an
   * empty line stands for; null at the root.
   */
  async read(prompt: string, line: Line, leave: string | null): Promise<Entered> {
    this.#prompt = prompt;
    this.#leave = leave;
    this.#state = { line, killed: this.#state.killed };
    this.#recall = undefined;
    this.#hints.reset();
    this.#isReading = true;
    try {
      for (;;) {
        if (!this.#parts.keyboard.hasTypeAhead) this.#show();
        const key = await this.#parts.keyboard.next();
        const entered: Entered | undefined = key === null ? { kind: 'ended' } : await this.#press(key);
        if (entered !== undefined) return entered;
      }
    } finally {
      this.#isReading = false;
    }
  }

  /** The size of the screen has changed. */
  resized(): void {
    if (this.#isReading) this.#show();
  }

  get #line(): Line {
    return this.#state.line;
  }

  set #line(line: Line) {
    this.#state = { line, killed: this.#state.killed };
  }

  async #press(key: Key): Promise<Entered | undefined> {
    if (this.#isQuotedInsert) {
      this.#isQuotedInsert = false;
      if (key.kind === 'key') this.#line = inserted(this.#line, textOfSequence(key.sequence));
      return undefined;
    }
    if (this.#search !== undefined && this.#pressInSearch(this.#search, key)) return undefined;
    if (key.kind === 'paste') return this.#paste(key.text);
    if (key.kind === 'overflow') {
      this.#leaveLine({ text: '[too long to paste: "levee import" takes files]', style: 'ghost' });
      return undefined;
    }
    if (key.chord === 'tab' || key.chord === 'S-tab') {
      await this.#pressTab(key.chord === 'tab' ? 1 : -1);
      return undefined;
    }
    this.#tab = undefined;
    const { text, cursor } = this.#line;
    if (key.chord === '?' && !(await isLiteral(text, cursor))) {
      await this.#help();
      return undefined;
    }
    if (key.chord === 'C-d' && text === '') {
      this.#line = lineOf(this.#leave ?? 'exit');
      this.#finish(noSuffix);
      return this.#leave === null ? { kind: 'leave' } : { kind: 'line', text: this.#leave };
    }
    if (key.chord === 'enter') {
      this.#finish(noSuffix);
      return { kind: 'line', text };
    }
    if (key.chord === 'C-z') {
      await this.#parts.suspend();
      return undefined;
    }
    if (!this.#command(key.chord)) this.#edit(key.chord, key.text);
    return undefined;
  }

  /** Keys that do more than change the line. */
  #command(chord: string): boolean {
    switch (chord) {
      case 'C-c':
        this.#leaveLine({ text: '^C', style: 'plain' });
        return true;
      case 'C-l':
        this.#parts.screen.clear();
        return true;
      case 'C-r':
        this.#search = beginSearch(this.#parts.history);
        return true;
      case 'C-v':
        this.#isQuotedInsert = true;
        return true;
      case 'up':
      case 'C-p':
        this.#move(-1);
        return true;
      case 'down':
      case 'C-n':
        this.#move(1);
        return true;
      default:
        return false;
    }
  }

  #edit(chord: string, text: string): void {
    const ghost = acceptsGhost.has(chord) ? this.#ghost() : '';
    const edit = bindings.get(chord);
    if (ghost !== '') this.#line = inserted(this.#line, ghost);
    else if (edit !== undefined) this.#state = edit(this.#state);
    else if (text !== '') this.#line = inserted(this.#line, text);
  }

  /** Moves to the next row of a line of several rows, else to the next entry of the history. */
  #move(direction: -1 | 1): void {
    const row = inOtherRow(this.#line, direction);
    if (row !== undefined) {
      this.#line = row;
      return;
    }
    const step = recalled(this.#parts.history, this.#recall, this.#line.text, direction);
    if (step === undefined) return;
    this.#recall = step.recall;
    this.#line = lineOf(step.text);
  }

  /** Whether the key was for the search. */
  #pressInSearch(search: Search, key: Key): boolean {
    const step = searchStep(this.#parts.history, search, key);
    if (step.kind === 'search') {
      this.#search = step.search;
      return true;
    }
    const { line } = this.#searched(search);
    this.#search = undefined;
    if (step.kind === 'abort') return true;
    this.#line = line;
    return false;
  }

  #searched(search: Search): { readonly line: Line; readonly prompt: string } {
    const entry = this.#parts.history.at(search.index);
    const line = entry === undefined ? this.#line : lineOf(entry, Math.max(0, entry.indexOf(search.pattern)));
    return { line, prompt: searchPrompt(search) };
  }

  /** Several pasted lines are entered as a block; anything less is inserted. */
  async #paste(text: string): Promise<Entered | undefined> {
    this.#tab = undefined;
    const { cursor } = this.#line;
    const single = withoutLastLineEnds(text);
    const isData = await isLiteral(this.#line.text, cursor);
    if (!isData && single.includes('\n')) {
      const block = inserted(this.#line, text).text;
      const count = single.split('\n').length;
      this.#finish({ text: `[${count} lines pasted]`, style: 'ghost' });
      return { kind: 'block', text: block };
    }
    this.#line = inserted(this.#line, isData ? text : single);
    if (isData || single === text) return undefined;
    this.#finish(noSuffix);
    return { kind: 'line', text: this.#line.text };
  }

  /**
   * Completes. A tab that more text follows at once comes with a text that a program types, or a terminal that does not
   * mark what is pasted: there it is what it is in a file, a blank before a word, and itself in quotes.
   */
  async #pressTab(direction: -1 | 1): Promise<void> {
    const { keyboard, assistance, terminal } = this.#parts;
    const { text, cursor } = this.#line;
    const before = text.slice(0, cursor);
    const next = keyboard.aheadOf('tab');
    const isTyped = next?.kind === 'key' && next.text !== '';
    if (terminal.isPlain) {
      if (direction > 0) await this.#pressPlainTab(isTyped);
    } else if (await isLiteral(text, cursor)) {
      const { candidates } = isTyped ? { candidates: [] } : await assistance.complete(text, cursor);
      if (candidates.length > 0) await this.#complete(direction);
      else this.#line = inserted(this.#line, '\t');
    } else if (isTyped && /(?:^|\s)$/.test(before)) {
      this.#line = inserted(this.#line, ' ');
    } else if (before.trim() !== '' || this.#tab === undefined) {
      // Where no word stands, what may stand there is shown, and nothing is chosen from it: it may be an indentation.
      await this.#complete(direction);
      if (isTyped && this.#line.text === text) this.#line = inserted(this.#line, ' ');
    }
  }

  /** Finishes the word before the cursor where there is one way to; else it is a tab, since a program may have sent it. */
  async #pressPlainTab(isTyped: boolean): Promise<void> {
    const { text, cursor } = this.#line;
    if (!isTyped && /\S$/.test(text.slice(0, cursor)) && !(await isLiteral(text, cursor)))
      await this.#complete(1);
    this.#tab = undefined;
    if (this.#line.text === text) this.#line = inserted(this.#line, '\t');
  }

  async #complete(direction: -1 | 1): Promise<void> {
    const before = this.#line;
    if (this.#tab !== undefined) {
      const step = continueTab(before, this.#tab, direction);
      this.#line = step.line;
      this.#tab = step.tab;
    } else if (direction > 0) {
      const completion = await this.#parts.assistance.complete(before.text, before.cursor);
      const step = beginTab(before, completion);
      this.#line = step.line;
      this.#tab = step.tab;
    }
  }

  async #help(): Promise<void> {
    const { text, cursor } = this.#line;
    const lines = await this.#parts.assistance.help(text, cursor);
    this.#paint(noSuffix);
    await this.#parts.showHelp(lines);
  }

  /** Shows the line for the last time, and leaves it. */
  #finish(suffix: Span): void {
    this.#tab = undefined;
    this.#line = lineOf(this.#line.text);
    this.#paint(suffix);
    this.#parts.screen.leave();
  }

  /** Begins a new line instead. */
  #leaveLine(suffix: Span): void {
    this.#finish(suffix);
    this.#parts.screen.beginRow();
    this.#line = emptyLine;
    this.#recall = undefined;
  }

  #ghost(): string {
    const isWanted = this.#parts.terminal.colour && this.#tab === undefined && this.#search === undefined;
    return isWanted ? this.#hints.ghost(this.#line) : '';
  }

  /** Shows the line as it is, and asks for what is not known of it yet. */
  #show(): void {
    if (!this.#isReading) return;
    if (this.#parts.terminal.colour && this.#search === undefined) this.#hints.request(this.#line);
    this.#paint({ text: this.#ghost(), style: 'ghost' });
  }

  #paint(suffix: Span): void {
    const { terminal, screen } = this.#parts;
    const { columns, rows } = terminal;
    const { line, prompt } =
      this.#search === undefined ? { line: this.#line, prompt: this.#prompt } : this.#searched(this.#search);
    const highlights = terminal.colour ? this.#hints.highlights(line.text) : [];
    const tab = this.#tab;
    const below =
      tab?.isListed === true ? menuRows(tab.completion.candidates, tab.selected, columns, rows - 2) : [];
    screen.paint({ prompt, line, highlights, suffix, below });
  }
}

/** Loads the grammar on first use: the client of another process may never need it. */
async function isLiteral(text: string, cursor: number): Promise<boolean> {
  const grammar = await import('../../../grammar/typing.ts');
  return grammar.isLiteral(text, cursor);
}

/** The text that a quoted key inserts: none where it sends more than one character. */
function textOfSequence(sequence: string): string {
  if (sequence === '\r') return '\n';
  return [...sequence].length === 1 ? sequence : '';
}

function withoutLastLineEnds(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n') end--;
  return text.slice(0, end);
}
