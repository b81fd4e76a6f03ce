import { type Content, type RowId, sameContent } from '../../../schemas/content.ts';
import { destinationOf } from '../../../schemas/destination.ts';
import type { Field, Table } from '../../../schemas/table.ts';
import {
  describeShared,
  type Image,
  isSharedList,
  type SharedContent,
  type SharedItem,
  type SharedRow,
  scopeOf,
} from '../../cluster/configuration/image.ts';
import { longestAscending } from '../../store/ascending.ts';
import { Draft } from '../../store/draft.ts';
import type { View } from '../../store/view.ts';
import { productVersion } from '../../system/version.ts';
import { quote } from '../../text/quote.ts';
import type { Steps } from '../../time/time-slice.ts';
import type { Shareable } from './image-of.ts';
import { eachSharedRow, isShared, SharingFault, sharedFields, withKey } from './shared-tables.ts';

/** Rows that are changed before others may have a turn. */
const rowsInAStep = 128;

/** Also the other nodes are told why, whose release may be another. */
const thisLevee = `Levee ${productVersion}`;

/** A draft that makes a configuration say what an image does, and which rows those of the image are in it. */
export type Reached = { readonly draft: Draft; readonly rows: ReadonlyMap<string, RowId> };

/**
 * What is of this node alone stays as it is. Rows that this node knows under another id, by the same name, are those of
 * the image. Throws SharingFault where the image says what can't be said here.
 */
export function* draftTo(parts: Shareable, view: View, image: Image): Steps<Reached> {
  const way = new Way(parts, view, image);
  yield* way.findRows();
  yield* way.removeOthers();
  yield* way.name();
  yield* way.fill();
  way.arrange();
  return { draft: way.draft, rows: way.rows };
}

class Way {
  readonly draft: Draft;
  readonly rows = new Map<string, RowId>();
  readonly #parts: Shareable;
  readonly #view: View;
  readonly #image: Image;
  readonly #byId: ReadonlyMap<string, SharedRow>;
  readonly #missing: SharedRow[] = [];

  constructor(parts: Shareable, view: View, image: Image) {
    this.#parts = parts;
    this.#view = view;
    this.#image = image;
    this.#byId = new Map(image.map((row) => [row.id, row]));
    this.draft = new Draft(view);
  }

  *findRows(): Steps<void> {
    for (const [index, row] of this.#image.entries()) {
      const known = this.#find(row);
      if (known === undefined) this.#missing.push(row);
      else this.rows.set(row.id, known);
      if (index % rowsInAStep === 0) yield;
    }
  }

  /** The row that it is here, if it is there. */
  #find(row: SharedRow): RowId | undefined {
    const { ids } = this.#parts;
    const { id: table, key } = this.#tableOf(row);
    const parent = row.parent === null ? null : this.rows.get(row.parent);
    // What holds it is not there.
    if (parent === undefined) return undefined;
    const namesake = this.#view.find(table, parent, row.key);
    if (key === undefined) return namesake;
    const known = ids.rowOf(row.id);
    const there = known === undefined ? undefined : this.#view.row(known);
    if (there?.table === table && there.parent === parent) return known;
    if (namesake === undefined) return undefined;
    if (this.#view.row(namesake)?.predefined === true)
      throw this.#fault(row, 'an entry of that name is always there');
    const other = ids.known(namesake);
    return other !== undefined && this.#byId.has(other) ? undefined : namesake;
  }

  *removeOthers(): Steps<void> {
    const { catalogue } = this.#parts;
    const kept = new Set(this.rows.values());
    const others: RowId[] = [];
    yield* eachSharedRow(catalogue, this.#view, ({ id }, table) => {
      if (kept.has(id)) return;
      if (table.key !== undefined) others.push(id);
      else for (const { name } of sharedFields(table)) this.#set(id, name, undefined);
    });
    for (const [index, id] of others.entries()) {
      if (this.draft.row(id) !== undefined) this.draft.delete(id, catalogue.subTablesOf);
      if (index % rowsInAStep === 0) yield;
    }
  }

  *name(): Steps<void> {
    // Names may have swapped places, so all of them step aside before any takes its own.
    const renamed = this.#image.flatMap(({ id, key }) => {
      const row = this.rows.get(id);
      return row !== undefined && this.#view.row(row)?.key !== key ? [{ row, key }] : [];
    });
    for (const { row } of renamed) this.draft.rename(row, `\0${row}`);
    for (const [index, row] of this.#missing.entries()) {
      this.rows.set(row.id, this.#create(row));
      if (index % rowsInAStep === 0) yield;
    }
    for (const { row, key } of renamed) this.draft.rename(row, key);
  }

  #create(row: SharedRow): RowId {
    const { id, table, key } = row;
    const parent = row.parent === null ? null : this.rows.get(row.parent);
    if (parent === undefined) throw this.#fault(row, 'what holds it is missing');
    const before = this.#parts.ids.rowOf(id);
    // A row that comes back is the one that it was.
    if (before !== undefined && this.#view.row(before) === undefined)
      return this.draft.revive(before, table, parent, key);
    return this.draft.create(table, parent, key);
  }

  *fill(): Steps<void> {
    for (const [index, row] of this.#image.entries()) {
      const table = this.#tableOf(row);
      const fields = sharedFields(table);
      const unknown = Object.keys(row.fields).find((name) => fields.every((field) => field.name !== name));
      if (unknown !== undefined) throw this.#fault(row, `${thisLevee} does not share ${unknown}`);
      const id = this.rows.get(row.id);
      if (id === undefined) continue;
      for (const field of fields)
        if (field.meta.secret !== 'reversible') this.#set(id, field.name, this.#content(row, field));
      // They are sealed for what the other fields are now.
      for (const field of fields)
        if (field.meta.secret === 'reversible') this.#setSecret(id, table, row, field);
      if (index % rowsInAStep === 0) yield;
    }
  }

  #set(id: RowId, field: string, content: Content | undefined): void {
    if (!sameContent(this.draft.row(id)?.fields.get(field), content)) this.draft.set(id, field, content);
  }

  #setSecret(id: RowId, table: Table, { fields }: SharedRow, { name }: Field): void {
    const { secretKey } = this.#parts;
    const content = fields[name];
    const secret = typeof content === 'object' && 'secret' in content ? content.secret : undefined;
    const now = this.draft.row(id)?.fields ?? new Map<string, Content>();
    const kept = now.get(name);
    if (secret === undefined) {
      this.#set(id, name, undefined);
      return;
    }
    const destination = destinationOf(table, name, now);
    const opened = typeof kept === 'string' ? withKey(() => secretKey.open(kept, destination)) : undefined;
    if (opened !== undefined && 'clearText' in opened && opened.clearText === secret) return;
    this.draft.set(
      id,
      name,
      withKey(() => secretKey.seal(secret, destination)),
    );
  }

  #content(row: SharedRow, { name }: Field): Content | undefined {
    const content: SharedContent | undefined = row.fields[name];
    if (content === undefined) return undefined;
    const item = (each: SharedItem): string | number | { readonly target: RowId } => {
      if (typeof each !== 'object') return each;
      if ('secret' in each) throw this.#fault(row, `${name} is no secret here`);
      if (!('row' in each)) return { target: this.#named(row, name, each) };
      const target = this.rows.get(each.row);
      if (target === undefined) throw this.#fault(row, `${name} names what is missing`);
      return { target };
    };
    return isSharedList(content) ? content.map(item) : item(content);
  }

  /** A row that each node has for itself. */
  #named(
    row: SharedRow,
    field: string,
    { table, key }: { readonly table: string; readonly key: string },
  ): RowId {
    const target = this.#parts.catalogue.find(table) && this.#view.find(table, null, key);
    if (target === undefined)
      throw this.#fault(row, `${field} names ${table} ${quote(key)}, which this node does not have`);
    return target;
  }

  arrange(): void {
    for (const [first, ...others] of Map.groupBy(this.#image, scopeOf).values()) {
      if (first === undefined) continue;
      const parent = first.parent === null ? null : (this.rows.get(first.parent) ?? null);
      const wanted = [first, ...others].flatMap(({ id }) => this.rows.get(id) ?? []);
      const now = this.draft.rows(first.table, parent).map(({ id }) => id);
      const place = new Map(now.map((id, index) => [id, index]));
      const staying = longestAscending(wanted.map((id) => place.get(id) ?? 0));
      if (staying.size === wanted.length) continue;
      const known = new Set(wanted);
      this.draft.arrange(
        first.table,
        parent,
        [...now.filter((id) => !known.has(id)), ...wanted],
        wanted.filter((_, index) => !staying.has(index)),
      );
    }
  }

  #tableOf(row: SharedRow): Table {
    const table = this.#parts.catalogue.anyTable(row.table);
    if (table === undefined) throw new SharingFault(`${thisLevee} does not know ${row.table}`);
    if (!isShared(table)) throw new SharingFault(`${row.table} is of each node alone here`);
    return table;
  }

  #fault(row: SharedRow, reason: string): SharingFault {
    return new SharingFault(`${describeShared(row, this.#byId)}: ${reason}`);
  }
}
