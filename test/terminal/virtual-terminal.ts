/** Looks of a cell: `b` bold, `d` grey, `c` cyan, `g` green, `r` red, `R` red and underlined, `i` inverse. */
type Look = string;
type Cell = { text: string; look: Look };

const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|^\p{Emoji_Presentation}/u;
const combining = /^[\p{Mn}\p{Me}\p{Cf}]/u;

const escapeCharacter = '\\x1b';
const sequencePattern = new RegExp(`^${escapeCharacter}\\[([?]?)([\\d;]*)([A-Za-z])`);
const beginningPattern = new RegExp(`^${escapeCharacter}(?:\\[[?]?[\\d;]*)?$`);

/**
 * As much of a VT100 with xterm's additions as it takes to see what a person would see. It breaks rows that have
 * become too long when it gets narrower, and joins those again, as most of today's terminals do. What it does not know it refuses.
 */
export class VirtualTerminal {
  columns: number;
  rows: number;
  /** Rows that have scrolled away, then those on the screen. */
  #lines: Cell[][] = [[]];
  /** Rows that the terminal itself began because the one before was full. */
  readonly #goesOn = new WeakSet<Cell[]>();
  #top = 0;
  #row = 0;
  #column = 0;
  #look = new Set<string>();
  #rest = '';
  /** What is on the first screen while the other one is shown. */
  #first:
    | { readonly lines: Cell[][]; readonly top: number; readonly row: number; readonly column: number }
    | undefined;
  readonly modes = new Map<string, boolean>([['25', true]]);

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    let rest = this.#rest + text;
    while (rest !== '') {
      const sequence = sequencePattern.exec(rest);
      if (sequence !== null) {
        this.#control(sequence[1] ?? '', sequence[2] ?? '', sequence[3] ?? '');
        rest = rest.slice(sequence[0].length);
      } else if (beginningPattern.test(rest)) {
        break;
      } else {
        const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
        this.#character(character);
        rest = rest.slice(character.length);
      }
    }
    this.#rest = rest;
  }

  resize(columns: number, rows: number): void {
    const cursor = { line: this.#lines[this.#row], column: Math.min(this.#column, this.columns - 1) };
    const top = this.#lines[this.#top];
    const lines: Cell[][] = [];
    const whole: { readonly cells: Cell[]; readonly cursor: number; readonly isTop: boolean }[] = [];
    for (const line of this.#lines) {
      const before = this.#goesOn.has(line) ? whole.pop() : undefined;
      const at = line === cursor.line ? (before?.cells.length ?? 0) + cursor.column : (before?.cursor ?? -1);
      const isTop = line === top || before?.isTop === true;
      whole.push({ cells: [...(before?.cells ?? []), ...line], cursor: at, isTop });
    }
    for (const line of whole) {
      const start = lines.length;
      for (let at = 0; at === 0 || at < line.cells.length; at += columns) {
        const row = line.cells.slice(at, at + columns);
        if (at > 0) this.#goesOn.add(row);
        lines.push(row);
      }
      if (line.isTop) this.#top = start;
      if (line.cursor < 0) continue;
      this.#row = start + Math.floor(line.cursor / columns);
      this.#column = line.cursor % columns;
    }
    this.#lines = lines;
    this.columns = columns;
    this.rows = rows;
    this.#top = Math.max(this.#top, this.#row - rows + 1);
    this.#fill();
  }

  /** The rows of the screen without the blanks at their ends, and without the empty rows at its bottom. */
  get screen(): string[] {
    const rows = this.#lines.slice(this.#top).map((line) => textOf(line).trimEnd());
    while (rows.at(-1) === '') rows.pop();
    return rows;
  }

  /** Everything that was ever on it. */
  get all(): string[] {
    return this.#lines.map((line) => textOf(line).trimEnd());
  }

  /** The screen with the cursor shown as a block before what it stands on. */
  get picture(): string[] {
    const rows = this.#lines.slice(this.#top).map((line, index) => {
      if (this.#top + index !== this.#row) return textOf(line).trimEnd();
      const cells = [...line];
      while (cells.length < this.#column) cells.push({ text: ' ', look: '' });
      return `${textOf(cells.slice(0, this.#column))}█${textOf(cells.slice(this.#column))}`.trimEnd();
    });
    while (rows.at(-1) === '') rows.pop();
    return rows;
  }

  get cursorColumn(): number {
    return this.#column;
  }

  /** From so many rows above the cursor to the last one that holds anything. */
  fromAbove(rows: number): string[] {
    const shown = this.#lines.slice(this.#row - rows).map((line) => textOf(line).trimEnd());
    while (shown.at(-1) === '') shown.pop();
    return shown;
  }

  /** The looks of the row of the cursor: one letter for each cell. */
  get looksAtCursor(): string {
    const line = this.#lines[this.#row] ?? [];
    return line
      .map(({ look, text }) => (text === '' ? '' : look || '.'))
      .join('')
      .replace(/\.+$/, '');
  }

  #control(mark: string, parameters: string, final: string): void {
    const count = Math.max(1, Number(parameters.split(';')[0] || 1));
    if (mark === '?') {
      if (final !== 'h' && final !== 'l') throw new Error(`unknown sequence ?${parameters}${final}`);
      if (parameters === '1049' && this.modes.get(parameters) !== (final === 'h')) this.#turn(final === 'h');
      this.modes.set(parameters, final === 'h');
      return;
    }
    const bottom = this.#top + this.rows - 1;
    this.#column = Math.min(this.#column, this.columns - 1);
    switch (final) {
      case 'A':
        this.#row = Math.max(this.#top, this.#row - count);
        break;
      case 'B':
        this.#row = Math.min(bottom, this.#row + count);
        break;
      case 'C':
        this.#column = Math.min(this.columns - 1, this.#column + count);
        break;
      case 'D':
        this.#column = Math.max(0, this.#column - count);
        break;
      case 'F':
        this.#row = Math.max(this.#top, this.#row - count);
        this.#column = 0;
        break;
      case 'G':
        this.#column = Math.min(this.columns, count) - 1;
        break;
      case 'H':
        this.#row = this.#top;
        this.#column = 0;
        break;
      case 'J':
        this.#eraseDisplay(parameters);
        break;
      case 'K':
        if (parameters === '2') this.#lines[this.#row] = [];
        else this.#lines[this.#row]?.splice(this.#column);
        break;
      case 'm':
        this.#style(parameters);
        break;
      default:
        throw new Error(`unknown sequence ${parameters}${final}`);
    }
    this.#fill();
  }

  /** To the other screen, which is empty and knows nothing of what has scrolled away, or back. */
  #turn(toOther: boolean): void {
    if (toOther) {
      this.#first = { lines: this.#lines, top: this.#top, row: this.#row, column: this.#column };
      this.#lines = [[]];
      this.#top = 0;
      this.#row = 0;
      this.#column = 0;
    } else if (this.#first !== undefined) {
      this.#lines = this.#first.lines;
      this.#top = this.#first.top;
      this.#row = this.#first.row;
      this.#column = this.#first.column;
    }
  }

  #eraseDisplay(parameters: string): void {
    if (parameters === '2') {
      // What was there goes where a person can scroll back to.
      const column = this.#column;
      const offset = this.#row - this.#top;
      this.#top = this.#lines.length;
      this.#row = this.#top + offset;
      this.#column = column;
      return;
    }
    this.#lines[this.#row]?.splice(this.#column);
    this.#lines.splice(this.#row + 1);
  }

  #style(parameters: string): void {
    const looks: Readonly<Record<string, string>> = {
      1: 'b',
      2: 'd',
      4: 'u',
      7: 'i',
      31: 'r',
      32: 'g',
      36: 'c',
      90: 'd',
    };
    const ends: Readonly<Record<string, string>> = { 22: 'bd', 24: 'u', 27: 'i', 39: 'rgcd', 49: '' };
    for (const parameter of parameters.split(';')) {
      const look = looks[parameter];
      if (parameter === '' || parameter === '0') this.#look.clear();
      else if (look !== undefined) this.#look.add(look);
      for (const end of ends[parameter] ?? '') this.#look.delete(end);
    }
  }

  #character(character: string): void {
    if (character === '\r') {
      this.#column = 0;
    } else if (character === '\n') {
      this.#down();
    } else if (character === '\b') {
      this.#column = Math.max(0, this.#column - 1);
    } else if (character === '\t') {
      this.#column = Math.min(this.columns - 1, this.#column - (this.#column % 8) + 8);
    } else if (character === '\x07') {
      return;
    } else if (/^\p{Cc}/u.test(character)) {
      throw new Error(`unknown control character ${JSON.stringify(character)}`);
    } else {
      this.#print(character);
    }
  }

  #print(character: string): void {
    const line = (): Cell[] => this.#lines[this.#row] ?? [];
    const before = line()[this.#column - 1];
    const base = before?.text === '' ? line()[this.#column - 2] : before;
    if (base !== undefined && (combining.test(character) || base.text.endsWith('\u200d'))) {
      base.text += character;
      return;
    }
    const width = wide.test(character) ? 2 : 1;
    if (this.#column + width > this.columns) {
      this.#column = 0;
      this.#down();
      this.#goesOn.add(line());
    }
    const cells = line();
    while (cells.length < this.#column) cells.push({ text: ' ', look: '' });
    const look = this.#look.has('u') && this.#look.has('r') ? 'R' : [...this.#look].join('');
    cells[this.#column] = { text: character, look };
    // The second half of a wide character holds nothing.
    if (width === 2) cells[this.#column + 1] = { text: '', look };
    this.#column += width;
  }

  #down(): void {
    this.#row += 1;
    if (this.#row >= this.#top + this.rows) this.#top += 1;
    this.#fill();
  }

  #fill(): void {
    while (this.#lines.length <= this.#row) this.#lines.push([]);
  }
}

function textOf(cells: readonly Cell[]): string {
  return cells.map(({ text }) => text).join('');
}
