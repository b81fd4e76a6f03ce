import type { LiveAction, LiveRow, LiveTable, LiveView } from '../../cli/session/live-view.ts';

/** How rows are ordered: by a column, or, where there is none, as they came. */
type Order = { readonly column: number | null; readonly descending: boolean };

/** What a person has chosen of one table. */
type Chosen = { order: Order; filter: string; row: string | null; index: number };

/** What there is to see of a table. */
export type Shown = {
  readonly table: LiveTable;
  readonly rows: readonly LiveRow[];
  /** Of the row that is chosen; -1: there is none. */
  readonly selected: number;
  readonly order: Order;
  readonly filter: string;
};

/** What a person looks at: which table, in which order, which rows of it, and which of these they have chosen. */
export class TableChoice {
  #view: LiveView;
  #table = 0;
  readonly #chosen: Chosen[] = [];

  constructor(view: LiveView) {
    this.#view = view;
  }

  /** The next view: what was chosen stays chosen where it is still there. */
  change(view: LiveView): void {
    this.#view = view;
  }

  get view(): LiveView {
    return this.#view;
  }

  get tableIndex(): number {
    return this.#table;
  }

  get filter(): string {
    return this.#current.filter;
  }

  shown(): Shown {
    const table = this.#view.tables[this.#table] ?? nothing;
    const chosen = this.#current;
    const { order, filter } = chosen;
    const rows = sorted(table.rows.filter(matching(filter)), order);
    const known = rows.findIndex(({ id }) => id === chosen.row);
    const selected = known >= 0 ? known : Math.min(chosen.index, rows.length - 1);
    return { table, rows, selected, order, filter };
  }

  /** To another table. */
  turn(by: number): void {
    const { length } = this.#view.tables;
    if (length > 0) this.#table = (this.#table + by + length) % length;
  }

  goTo(table: number): void {
    if (table < this.#view.tables.length) this.#table = table;
  }

  move(by: number): void {
    const { rows, selected } = this.shown();
    const index = Math.max(0, Math.min(rows.length - 1, selected + by));
    this.#current.index = index;
    this.#current.row = rows[index]?.id ?? null;
  }

  /** Orders by the next column; behind the last as the rows come. Numbers begin with the highest. */
  sortByNext(): void {
    const { table } = this.shown();
    const { column } = this.#current.order;
    const next = column === null ? 0 : column + 1;
    const isOver = next >= table.columns.length;
    const descending = !isOver && table.rows.some(({ cells }) => typeof cells[next] === 'number');
    this.#current.order = { column: isOver ? null : next, descending };
  }

  reverse(): void {
    const { column, descending } = this.#current.order;
    this.#current.order = { column, descending: !descending };
  }

  /** Only rows that hold this text. */
  narrow(filter: string): void {
    this.#current.filter = filter;
  }

  /** What a key would do about which row. */
  actionOf(key: string): { readonly action: LiveAction; readonly row: LiveRow } | null {
    const { table, rows, selected } = this.shown();
    const action = table.actions.find((each) => each.key === key);
    const row = rows[selected];
    return action === undefined || row === undefined ? null : { action, row };
  }

  get #current(): Chosen {
    const order: Order = { column: null, descending: false };
    this.#chosen[this.#table] ??= { order, filter: '', row: null, index: 0 };
    return this.#chosen[this.#table] ?? { order, filter: '', row: null, index: 0 };
  }
}

const nothing: LiveTable = { name: '', columns: [], rows: [], actions: [] };

function matching(filter: string): (row: LiveRow) => boolean {
  const wanted = filter.toLowerCase();
  return ({ cells }) => wanted === '' || cells.some((cell) => String(cell).toLowerCase().includes(wanted));
}

function sorted(rows: readonly LiveRow[], { column, descending }: Order): readonly LiveRow[] {
  if (column === null) return descending ? rows.toReversed() : rows;
  const sign = descending ? -1 : 1;
  return rows.toSorted((one, other) => sign * compare(one.cells[column] ?? '', other.cells[column] ?? ''));
}

/** Texts that begin with a number, as `8/10`, are ordered by that. */
function compare(one: string | number, other: string | number): number {
  const [left, right] = [Number.parseFloat(String(one)), Number.parseFloat(String(other))];
  if (!Number.isNaN(left) && !Number.isNaN(right) && left !== right) return left - right;
  return String(one).localeCompare(String(other), 'en', { numeric: true });
}
