/** A place in a script: both count from 1, columns in code points. Lines end where Lua's end. */
export type Position = { readonly line: number; readonly column: number };

/** What is wrong with a script. */
export type ScriptProblem = Position & {
  readonly message: string;
  /** What stands there, '' when nothing does. */
  readonly found: string;
  /** The words that could stand there instead; empty when that is no list. */
  readonly expected: readonly string[];
};

/** Lua counts each of these as one line end. */
const lineEnd = /\r\n|\n\r|\r|\n/g;

/** The offset in UTF-16 units at which each line of `text` begins. */
export function lineStarts(text: string): readonly number[] {
  return [0, ...text.matchAll(lineEnd).map(({ 0: end, index }) => index + end.length)];
}

/** The position of an offset (UTF-16 units) in `text`. */
export function positionAt(text: string, offset: number): Position {
  const starts = lineStarts(text.slice(0, offset));
  const start = starts.at(-1) ?? 0;
  return { line: starts.length, column: Array.from(text.slice(start, offset)).length + 1 };
}

/** The problem of what stands from `start` to `end` (UTF-16 units) in `text`. */
export function problemAt(
  text: string,
  start: number,
  end: number,
  message: string,
  expected: readonly string[] = [],
): ScriptProblem {
  return { ...positionAt(text, start), message, found: text.slice(start, end), expected };
}
