import type { Item } from '../../../grammar/statement.ts';
import { counted } from '../../text/plural.ts';
import { shortened } from '../../text/shortened.ts';
import type { Levels } from '../session/levels.ts';

/** The most names that are listed. */
const mostNames = 1000;

/** Why something is left out, as the report says it. */
const reasons = {
  unknown: 'because Levee has no such table or field',
  domain: 'because another VDOM is taken',
  secret: 'because another system has sealed it, so that it is to be set anew in clear text',
  misspelt: 'because Levee has nothing of that name, though it may be a slip',
} as const;

type Reason = keyof typeof reasons;

/** What somebody should look at comes last. */
const orderedReasons: readonly Reason[] = ['unknown', 'domain', 'secret', 'misspelt'];

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

/** What of a batch is left out and is no mistake. */
export class LeftOut {
  readonly #byReason = new Map<Reason, Names>();
  #last: Names | undefined;
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
  }

  /** An unknown table or field. */
  addUnknown(
    item: Item,
    { name, meant }: { readonly name: string; readonly meant: string | undefined },
    levels: Levels,
    lines: number,
  ): void {
    const shown = nameAt(levels, name);
    if (meant === undefined) this.add('unknown', shown, lines);
    else this.add('misspelt', `${shown}; did you mean "${meant}"?`, lines);
    const { topRow } = levels;
    if (topRow === undefined || isOff(item)) return;
    const row = rowName(topRow.table.id, topRow.draft.row(topRow.row)?.key ?? '');
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
  }

  /** `withNames`: what the texts hold may be told. */
  report(withNames: boolean): string[] {
    return orderedReasons.flatMap((reason) => {
      const lines = this.#byReason.get(reason)?.report(reason) ?? [];
      return withNames ? lines : lines.slice(0, 1);
    });
  }
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
