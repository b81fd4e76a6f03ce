import type { RowId } from '../../../schemas/content.ts';
import type { OpenRow } from '../../model/rows/open-row.ts';
import type { OpenTable } from '../../model/rows/open-table.ts';
import { Draft } from '../../store/draft.ts';
import type { View } from '../../store/view.ts';
import { quote } from '../../text/quote.ts';

export type TableLevel = OpenTable & { readonly kind: 'table' };

/** An open row, or a singleton. */
export type RowLevel = OpenRow & {
  readonly kind: 'row';
  /** Fields that a statement named which failed. */
  readonly failed: Set<string>;
  /** Entries of its lists that fields were set in from here, as earlier versions have them. */
  readonly entries: Map<RowId, OpenRow>;
  /** It stands for a row whose `edit` failed: what follows is checked against it, and nothing is missing from it. */
  readonly phantom: boolean;
};

export type Level = TableLevel | RowLevel;

export type LevelKind = 'root' | 'table' | 'row' | 'singleton';

/** Where a session stands: tables and rows that are open, outermost first. */
export class Levels {
  readonly #stack: Level[] = [];
  #top: Level | undefined;
  #row: RowLevel | undefined;
  #topRow: RowLevel | undefined;
  #table: TableLevel | undefined;
  /** The configuration below everything that is open. */
  base: View;

  constructor(base: View) {
    this.base = base;
  }

  get top(): Level | undefined {
    return this.#top;
  }

  get depth(): number {
    return this.#stack.length;
  }

  get kind(): LevelKind {
    const top = this.#top;
    if (top === undefined) return 'root';
    if (top.kind === 'table') return 'table';
    return top.table.key === undefined ? 'singleton' : 'row';
  }

  /** The configuration as this session sees it, with everything that is pending. */
  get view(): View {
    return this.row?.draft ?? this.base;
  }

  /** The innermost open row or singleton. */
  get row(): RowLevel | undefined {
    return this.#row;
  }

  /** The outermost open row or singleton: what a commit is about. */
  get topRow(): RowLevel | undefined {
    return this.#topRow;
  }

  /** The rows that are open, outermost first. */
  get rows(): RowId[] {
    return this.#stack.filter((level) => level.kind === 'row').map((level) => level.row);
  }

  /** The table in which rows are opened here: that of this level, or of the row that is open. */
  get table(): TableLevel | undefined {
    return this.#table;
  }

  /** How many rows have changes that are pending here. */
  get pending(): number {
    return this.#stack.reduce((sum, level) => sum + (level.kind === 'row' ? level.draft.size : 0), 0);
  }

  /** All that is pending over a configuration: in the open rows, and below them. */
  pendingOver(view: View): Draft {
    const pending = new Draft(view);
    this.mergeInto(pending);
    return pending;
  }

  /** Adds all that is pending to a draft over the same configuration. */
  mergeInto(draft: Draft): void {
    if (this.base instanceof Draft) draft.merge(this.base);
    for (const level of this.#stack) if (level.kind === 'row' && !level.phantom) draft.merge(level.draft);
  }

  /** As that of drafts, for all that is pending here. */
  get since(): number {
    const below = this.base instanceof Draft ? this.base.since : Number.POSITIVE_INFINITY;
    return this.#stack.reduce(
      (since, level) => (level.kind === 'row' ? Math.min(since, level.draft.since) : since),
      below,
    );
  }

  openTable(open: OpenTable): void {
    this.#enter({ ...open, kind: 'table' });
  }

  openRow(open: OpenRow, phantom = false): void {
    const { table, row, draft } = open;
    this.#enter({ table, row, draft, kind: 'row', failed: new Set(), entries: new Map(), phantom });
  }

  #enter(level: Level): void {
    this.#stack.push(level);
    this.#look();
  }

  /** Where the session stands is asked for more often than it changes. */
  #look(): void {
    this.#top = this.#stack.at(-1);
    this.#row = this.#stack.findLast((level) => level.kind === 'row');
    this.#topRow = this.#stack.find((level) => level.kind === 'row');
    this.#table = this.#stack.findLast((level) => level.kind === 'table');
  }

  /** The same levels over another view, with the same pending changes, apart from these from now on. */
  copyOver(base: View): Levels {
    const copy = new Levels(base);
    for (const level of this.#stack) {
      if (level.kind === 'table') copy.#enter(level);
      else {
        const draft = level.draft.copyOver(copy.view);
        const entries = new Map([...level.entries].map(([row, open]) => [row, { ...open, draft }]));
        copy.#enter({ ...level, draft, entries, failed: new Set(level.failed) });
      }
    }
    return copy;
  }

  /** Leaves the innermost level; its pending changes are the caller's to keep or to drop. */
  leave(): Level | undefined {
    const left = this.#stack.pop();
    this.#look();
    return left;
  }

  leaveAll(): void {
    this.#stack.length = 0;
    this.#look();
  }

  /** The words of the `config` and `edit` lines around this place. */
  get path(): string[] {
    return this.#stack.flatMap((level, index) => {
      if (level.kind === 'row') {
        if (level.table.key === undefined) return level.table.path;
        const key = level.draft.row(level.row)?.key ?? '';
        return level.table.key.kind === 'number' ? [key] : [quote(key)];
      }
      return index === 0 ? level.table.path : [level.table.name];
    });
  }

  /** What the prompt names: the last word of the path, or the key of the row; one that could not be opened has none. */
  get label(): string | undefined {
    const { top } = this;
    if (top === undefined) return undefined;
    if (top.kind === 'table' || top.table.key === undefined) return top.table.name;
    return top.draft.row(top.row)?.key || top.table.name;
  }
}
