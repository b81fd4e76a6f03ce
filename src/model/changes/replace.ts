import type { Catalogue } from '../../../schemas/catalogue.ts';
import {
  type Content,
  type Item,
  isLink,
  isList,
  type RowId,
  sameContent,
} from '../../../schemas/content.ts';
import type { Table } from '../../../schemas/table.ts';
import { longestAscending } from '../../store/ascending.ts';
import { Draft } from '../../store/draft.ts';
import type { KeyRange, Row, Use, View } from '../../store/view.ts';
import type { Steps } from '../../time/time-slice.ts';

/** A configuration of which nothing is set: only what always exists is there. */
export class Emptied implements View {
  readonly #catalogue: Catalogue;
  readonly #base: View;

  constructor(catalogue: Catalogue, base: View) {
    this.#catalogue = catalogue;
    this.#base = base;
  }

  get revision(): number {
    return this.#base.revision;
  }

  row(id: RowId): Row | undefined {
    const row = this.#base.row(id);
    if (row === undefined || row.predefined) return row;
    return this.#isAlways(row.table) ? { ...row, fields: new Map() } : undefined;
  }

  find(table: string, parent: RowId | null, key: string): RowId | undefined {
    const id = this.#mayHold(table) ? this.#base.find(table, parent, key) : undefined;
    return id === undefined || this.row(id) === undefined ? undefined : id;
  }

  rows(table: string, parent: RowId | null): readonly Row[] {
    if (!this.#mayHold(table)) return [];
    return this.#base.rows(table, parent).flatMap(({ id }) => this.row(id) ?? []);
  }

  eachRow(table: string, parent: RowId | null): Iterable<Row> {
    return this.rows(table, parent);
  }

  keys(table: string, parent: RowId | null, prefix: string, limit: number): KeyRange {
    const keys = this.rows(table, parent).map(({ key }) => key);
    return {
      keys: keys
        .filter((key) => key.startsWith(prefix))
        .sort()
        .slice(0, limit),
    };
  }

  users(): readonly Use[] {
    return [];
  }

  #isAlways(table: string): boolean {
    return this.#catalogue.anyTable(table)?.key === undefined;
  }

  /** Whether a table could have a row here: most have none, however many there are. */
  #mayHold(id: string): boolean {
    const table = this.#catalogue.anyTable(id);
    if (table === undefined) return false;
    return table.key === undefined || this.#catalogue.topOf(table).predefined.size > 0;
  }
}

/** Rows that are looked at before others may have a turn. */
const rowsInAStep = 64;

/**
 * The draft that makes a configuration another one: entries of one name are one entry, which keeps what it is, and what
 * the other does not have goes.
 */
export function* towards(catalogue: Catalogue, base: View, wanted: View): Steps<Draft> {
  const draft = new Draft(base);
  /** Row of the wanted configuration -> row of the draft. */
  const counterparts = new Map<RowId, RowId>();
  const pairs: { readonly table: Table; readonly row: Row; readonly id: RowId }[] = [];
  const orders: { readonly table: Table; readonly parent: RowId | null; readonly ids: readonly RowId[] }[] =
    [];
  let seen = 0;
  for (const table of catalogue.tables) yield* match(table, null, null);
  for (const { table, row, id } of pairs) {
    setFields(table, row, id);
    if (isTurn()) yield;
  }
  for (const order of orders) arrange(draft, order);
  return draft;

  function isTurn(): boolean {
    seen += 1;
    return seen % rowsInAStep === 0;
  }

  function* match(table: Table, parent: RowId | null, wantedParent: RowId | null): Steps<void> {
    const rows = wanted.rows(table.id, wantedParent);
    const names = new Set(rows.map(({ key }) => key));
    for (const row of draft.rows(table.id, parent)) {
      if (!row.predefined && table.key !== undefined && !names.has(row.key))
        draft.delete(row.id, catalogue.subTablesOf);
      if (isTurn()) yield;
    }
    const ids: RowId[] = [];
    for (const row of rows) {
      const known = draft.find(table.id, parent, row.key);
      const id = known ?? draft.create(table.id, parent, row.key);
      counterparts.set(row.id, id);
      ids.push(id);
      if (row.predefined) continue;
      pairs.push({ table, row, id });
      for (const below of table.tables.values()) yield* match(below, id, row.id);
      if (isTurn()) yield;
    }
    if (table.key !== undefined) orders.push({ table, parent, ids });
  }

  function setFields(table: Table, { fields }: Row, id: RowId): void {
    const now = draft.row(id)?.fields;
    for (const { name } of table.fields.values()) {
      const content = translated(fields.get(name));
      if (!sameContent(now?.get(name), content)) draft.set(id, name, content);
    }
  }

  function translated(content: Content | undefined): Content | undefined {
    const item = (each: Item): Item =>
      isLink(each) ? { target: counterparts.get(each.target) ?? each.target } : each;
    if (content === undefined) return undefined;
    return isList(content) ? content.map(item) : item(content);
  }
}

/** Puts the rows of a table into an order. */
export function arrange(
  draft: Draft,
  {
    table,
    parent,
    ids,
  }: { readonly table: Table; readonly parent: RowId | null; readonly ids: readonly RowId[] },
): void {
  const place = new Map(draft.rows(table.id, parent).map(({ id }, index) => [id, index]));
  const staying = longestAscending(ids.map((id) => place.get(id) ?? 0));
  if (staying.size === ids.length) return;
  draft.arrange(
    table.id,
    parent,
    ids,
    ids.filter((_, index) => !staying.has(index)),
  );
}
