import type { Lines } from './printed.ts';

/** A line of a configuration as it will be printed. */
type Mark = (line: string, number: number, isHit: boolean) => string;

/** A `config` or `edit` that is open. */
class Block {
  readonly opening: string;
  /** The line that opens it is a hit. */
  readonly isNamed: boolean;
  /** A line of its own is a hit, or it is a row whose name is one: all of it is wanted. */
  isWanted: boolean;
  /** Its lines, and those of what is in it that is wanted. */
  readonly all: string[] = [];
  readonly kept: string[] = [];

  constructor(opening: string, isNamed: boolean, isRow: boolean) {
    this.opening = opening;
    this.isNamed = isNamed;
    this.isWanted = isNamed && isRow;
  }

  get isPrinted(): boolean {
    return this.isNamed || this.isWanted || this.kept.length > 0;
  }

  /** What is printed of it. */
  get content(): readonly string[] {
    return this.isWanted ? this.all : this.kept;
  }
}

/**
 * The rows of a configuration in which a line matches, whole, each within the `config` and `edit` lines that lead to it
 * and the `next` and `end` lines that close these, so that the result can be entered again. Hits are marked as FortiOS
 * marks them; `numbered`: each line has its number in the whole.
 */
export function* enclosing(
  lines: Lines,
  hits: (line: string) => boolean,
  numbered: boolean,
): Generator<string | undefined, void> {
  const mark: Mark = (line, number, isHit) =>
    `${numbered ? `${number}${isHit ? ':' : '-'}` : ''}${line}${isHit ? ' <---' : ''}`;
  const open: Block[] = [];
  let isLeadPrinted = false;
  let number = 0;
  for (const line of lines) {
    if (line === undefined) {
      yield undefined;
      continue;
    }
    number += 1;
    const verb = /^\s*(config|edit|next|end)\b/.exec(line)?.[1];
    const closes = verb === 'next' || verb === 'end';
    const isHit = !closes && hits(line);
    const shown = mark(line, number, isHit);
    if (verb === 'config' || verb === 'edit') {
      open.push(new Block(shown, isHit, verb === 'edit'));
      if (open.length === 1) isLeadPrinted = false;
      continue;
    }
    const [table] = open;
    const block = closes ? open.pop() : open.at(-1);
    if (block === undefined || table === undefined) continue;
    if (!closes) {
      block.isWanted ||= isHit;
      block.all.push(shown);
      continue;
    }
    const { content, isPrinted } = block;
    const around = open.at(-1);
    if (around === undefined) {
      if (isPrinted && !isLeadPrinted) yield* [block.opening, ...content];
      if (isPrinted || isLeadPrinted) yield shown;
    } else if (open.length > 1) {
      around.all.push(block.opening, ...block.all, shown);
      if (isPrinted) around.kept.push(block.opening, ...content, shown);
    } else if (isPrinted) {
      // A row of a top-level table, of which there may be many.
      if (!isLeadPrinted) yield table.opening;
      isLeadPrinted = true;
      yield* [block.opening, ...content, shown];
    }
  }
}
