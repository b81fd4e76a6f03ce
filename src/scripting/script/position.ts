/** A position in a script. Lines and columns count from 1; columns are code points, and lines end where Lua's do. */
export type Position = { readonly line: number; readonly column: number };

/** An error in a script, and where it is. */
export type ScriptProblem = Position & {
  readonly message: string;
  /** The text there, '' when there is none. */
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
