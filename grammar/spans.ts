import type { Span } from './word.ts';

/**
 * Turns offsets of one text into lines and columns. It must be asked with growing offsets: that way the places of
 * a whole text cost one pass over it, whatever the length of its lines.
 */
export class Places {
  readonly #text: string;
  /** Only where characters take two code units do columns have to be counted. */
  readonly #surrogates: boolean;
  #line = 1;
  #lineStart = 0;
  #lineEnd: number;
  #countedTo = 0;
  #column = 1;

  constructor(text: string) {
    this.#text = text;
    this.#surrogates = /[\ud800-\udbff]/.test(text);
    this.#lineEnd = lineEnd(text, 0);
  }

  span(offset: number, length: number): Span {
    while (offset > this.#lineEnd) this.#advance();
    return { offset, length, line: this.#line, column: this.#columnAt(offset) };
  }

  #advance(): void {
    this.#line += 1;
    this.#lineStart = this.#lineEnd + 1;
    this.#lineEnd = lineEnd(this.#text, this.#lineStart);
    this.#countedTo = this.#lineStart;
    this.#column = 1;
  }

  #columnAt(offset: number): number {
    if (!this.#surrogates) return offset - this.#lineStart + 1;
    for (const _ of this.#text.slice(this.#countedTo, offset)) this.#column += 1;
    this.#countedTo = offset;
    return this.#column;
  }
}

/** Where the line that holds `offset` ends: the offset of its newline, or the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline < 0 ? text.length : newline;
}
