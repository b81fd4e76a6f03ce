/** A place in a text. `offset` and `length` count UTF-16 code units; `line` and `column` count from 1, columns in characters. */
export type Span = {
  readonly offset: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
};

/** One word with its quoting undone. `quoted` tells `"10"` from `10`. */
export type Word = {
  readonly text: string;
  readonly span: Span;
  readonly quoted: boolean;
  /** Of a word that is put together, as `a"b c"` is: characters of `text` before the first joint. */
  readonly joint?: number;
};
