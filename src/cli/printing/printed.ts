/** What a command shows: lines for a person, and the same as data. Both are made only when they are asked for. */
export type Printed = {
  readonly lines: Iterable<string>;
  /** Plain data, in the shapes of docs/json.md. */
  data(): unknown;
  /** The client is to store it in this file of its own, instead of showing it. */
  readonly file?: { readonly name: string; readonly overwrite: boolean };
  /** The command has shown something before, after which this comes. */
  readonly goesOn?: boolean;
  /** It is not to be stopped at each screenful. */
  readonly unpaged?: boolean;
};

/** Lines that are all there is to show. */
export function printedLines(lines: Iterable<string>): Printed {
  return { lines, data: () => [...lines] };
}
