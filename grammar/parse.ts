import { lineSteps } from './lexing.ts';
import { LineReader } from './line-reader.ts';
import type { Verb } from './shapes.ts';
import { verbs } from './shapes.ts';
import type { Item } from './statement.ts';

export { unfinished, unfinishedSteps } from './lexing.ts';

export type ParseOptions = {
  /**
   * The verbs that are valid at the level where the session stands, for abbreviations: asked when a line is about
   * to be parsed, so after the item before it has been dealt with. All verbs by default.
   */
  readonly verbs?: () => readonly Verb[];
};

/** The statements and problems of one line or a whole text, in the order in which they stand. Never throws. */
export function parse(text: string, options?: ParseOptions): Item[] {
  return [...statements(text, options)];
}

/**
 * Like `parse`, one item at a time: no line is parsed before its item is asked for, and the text is lexed in pieces
 * of about 64 KiB. A caller may pause between any two items.
 */
export function* statements(text: string, options?: ParseOptions): Generator<Item, void, undefined> {
  for (const item of statementSteps(text, options)) if (item !== undefined) yield item;
}

/** As `statements`, with undefined behind each piece, where a caller may pause too: there may be no item in it. */
export function* statementSteps(
  text: string,
  options: ParseOptions = {},
): Generator<Item | undefined, void, undefined> {
  const reader = new LineReader(text, options.verbs ?? (() => verbs));
  try {
    for (const line of lineSteps(text)) yield line && reader.read(line);
  } finally {
    reader.close();
  }
}
