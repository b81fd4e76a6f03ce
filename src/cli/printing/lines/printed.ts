/** Lines as they are made. Undefined: none yet, and others may have a turn before the next. */
export type Lines = Iterable<string | undefined>;

/** What a command shows: lines for a person, and the same as data. Both are made only when they are asked for. */
export type Printed = {
  readonly lines: Lines;
  /**
   * For each line how a screen shows it to a person: in a shorter form. A pipe that makes other lines has none of that.
   */
  readonly screen?: readonly string[] | undefined;
  /** Plain data, in the shapes of docs/json.md; what `jsonLines` takes. */
  data(): unknown;
  /** The commands that make the change that is shown; absent: no change is. */
  readonly commands?: () => Lines;
  /** How what is shown differs from what is committed, or from a revision; absent: no configuration is shown. */
  readonly compare?: (revision: number | null) => Required<Pick<Printed, 'lines' | 'data' | 'commands'>>;
  /** The client is to store it in this file of its own, instead of showing it. */
  readonly file?: { readonly name: string; readonly overwrite: boolean };
  /** The command has shown something before, after which this comes. */
  readonly goesOn?: boolean;
  /** It is not to be stopped at each screenful. */
  readonly unpaged?: boolean;
};

/** Lines that are all there is to show. */
export function printedLines(lines: Lines): Printed {
  return { lines, data: () => lines };
}

/** All of them, at once. */
export function allOf(lines: Lines): string[] {
  return [...lines].filter((line) => line !== undefined);
}

const linesInAStep = 256;

/** The same lines, of which at most so many are made before others may have a turn. */
export function* paced(lines: Lines): Generator<string | undefined, void> {
  let count = 0;
  for (const line of lines) {
    yield line;
    count += 1;
    if (count % linesInAStep === 0) yield undefined;
  }
}
