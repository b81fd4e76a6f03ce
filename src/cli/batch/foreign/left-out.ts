import type { Item } from '../../../../grammar/statement.ts';
import type { RowId } from '../../../../schemas/content.ts';
import { counted } from '../../../text/plural.ts';
import { quote } from '../../../text/quote.ts';
import { shortened } from '../../../text/shortened.ts';
import type { Levels, RowLevel } from '../../session/levels.ts';

/** The most names that are listed. */
const mostNames = 1000;

/** Why something is left out, as the report says it. */
const reasons = {
  unknown: 'because Levee has no such table or field',
  domain: 'because another VDOM is taken',
  secret: 'because another system has sealed it, so that it is to be set anew in clear text',
  entry: 'because without what is unknown of it nothing remains',
  misspelt: 'because Levee has nothing of that name, though it may be a slip',
} as const;

type Reason = keyof typeof reasons;

/** What somebody should look at comes last. */
const orderedReasons: readonly Reason[] = ['unknown', 'entry', 'domain', 'secret', 'misspelt'];

/** What was left out for one reason: each name once, with how often it came. */
class Names {
  readonly #counts = new Map<string, number>();
  #lines = 0;
  #others = 0;

  add(name: string, lines: number): void {
    const count = this.#counts.get(name);
    if (count === undefined && this.#counts.size === mostNames) this.#others += 1;
    else this.#counts.set(name, (count ?? 0) + 1);
    this.#lines += lines;
  }

  addLines(lines: number): void {
    this.#lines += lines;
  }

  report(reason: Reason): string[] {
    const names = [...this.#counts].map(
      ([name, count]) => `  ${name}${count > 1 ? ` (${count} times)` : ''}`,
    );
    const others = this.#others === 0 ? [] : [`  and ${this.#others} lines with other names`];
    return [`left out, ${reasons[reason]}: ${counted(this.#lines, 'line')}`, ...names, ...others];
  }
}

/** A table or field that Levee has not. */
export type Unknown = {
  readonly name: string;
  /** What of ours is called somewhat like it. */
  readonly nearest: string | undefined;
  /** That is likely what was meant. */
  readonly isSlip: boolean;
};

/** What of a batch is left out and is no mistake. */
export class LeftOut {
  readonly #byReason = new Map<Reason, Names>();
  #last: Names | undefined;
  readonly #incomplete = new Set<RowId>();
  /** Lines that are left out, for whatever reason. */
  #lines = 0;
  /** The entry that was opened last: its line, and what was left out before it. */
  #began = { line: 0, leftOut: 0 };
  /** Of top-level rows, what of them is unknown and does something. */
  readonly #ofRows = new Map<string, Set<string>>();

  get isEmpty(): boolean {
    return this.#byReason.size === 0;
  }

  add(reason: Reason, name: string, lines: number): void {
    const names = this.#byReason.get(reason) ?? new Names();
    this.#byReason.set(reason, names);
    names.add(name, lines);
    this.#last = names;
    this.#lines += lines;
  }

  /** An unknown table or field. */
  addUnknown(item: Item, { name, nearest, isSlip }: Unknown, levels: Levels, lines: number): void {
    const shown = nameAt(levels, name);
    if (isSlip) this.add('misspelt', `${shown}; did you mean "${nearest}"?`, lines);
    else this.add('unknown', shown, lines);
    if (isOff(item)) return;
    if (levels.row !== undefined && nearest === undefined) this.#incomplete.add(levels.row.row);
    this.#addToRow(levels, name);
  }

  /** An entry is opened. */
  begin({ span }: Item): void {
    this.#began = { line: span.line, leftOut: this.#lines };
  }

  /** The entry of a list that was opened last ends with an item, and can't be without what is unknown of it. */
  addEntry({ span }: Item, levels: Levels): void {
    const { row: level } = levels;
    if (level === undefined) return;
    const name = `${level.table.name} ${keyOf(level)}`;
    const { topRow } = levels;
    const top = topRow === undefined ? '' : `${topRow.table.id} ${quote(keyOf(topRow))}: `;
    const others = this.#lines - this.#began.leftOut;
    this.add('entry', `${top}${name}`, span.line - this.#began.line + 1 - others);
    this.#addToRow(levels, name);
  }

  /** Whether something of an open row is unknown, but for what switches something off or may be a slip. */
  isIncomplete(row: RowId): boolean {
    return this.#incomplete.has(row);
  }

  #addToRow({ topRow }: Levels, name: string): void {
    if (topRow === undefined) return;
    const row = rowName(topRow.table.id, keyOf(topRow));
    const names = this.#ofRows.get(row) ?? new Set();
    this.#ofRows.set(row, names.add(name));
  }

  /** What of a top-level row is unknown here, but for what switches something off. */
  of(table: string, key: string): readonly string[] {
    return [...(this.#ofRows.get(rowName(table, key)) ?? [])];
  }

  /** Lines of what was named last. */
  addLines(lines: number): void {
    this.#last?.addLines(lines);
    this.#lines += lines;
  }

  /** `withNames`: what the texts hold may be told. */
  report(withNames: boolean): string[] {
    return orderedReasons.flatMap((reason) => {
      const lines = this.#byReason.get(reason)?.report(reason) ?? [];
      return withNames ? lines : lines.slice(0, 1);
    });
  }
}

function keyOf({ draft, row }: RowLevel): string {
  return draft.row(row)?.key ?? '';
}

function rowName(table: string, key: string): string {
  return `${table} ${key}`;
}

/** Whether nothing is lost with a statement: it sets to `disable`, or to nothing. */
function isOff(item: Item): boolean {
  if (item.kind !== 'statement' || item.verb !== 'set') return false;
  return item.values.every(({ text }) => text === 'disable' || text === '');
}

/** A name with the table in which it stands. */
function nameAt({ row, depth }: Levels, name: string): string {
  return depth === 0 || row === undefined ? shortened(name) : `${row.table.id}: ${shortened(name)}`;
}

/** How many lines an item takes: quoted text may have several. */
export function linesOf(item: Item, text: string): number {
  const { offset, length } = item.span;
  let lines = 1;
  for (let end = text.indexOf('\n', offset); end >= 0 && end < offset + length; lines += 1)
    end = text.indexOf('\n', end + 1);
  return lines;
}
