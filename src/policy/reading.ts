import type { Catalogue } from '../../schemas/catalogue.ts';
import { type Content, type Item, isLink, itemsOf } from '../../schemas/content.ts';
import { destinationOf } from '../../schemas/destination.ts';
import type { Scalar } from '../../schemas/field.ts';

export type SourceRow = {
  readonly id: number;
  readonly table: string;
  readonly key: string;
  readonly fields: ReadonlyMap<string, Content>;
};

/** A configuration as the compiler needs it: rows with what is set in them. */
export interface ConfigurationSource {
  readonly revision: number;
  row(id: number): SourceRow | undefined;
  rows(table: string, parent: number | null): readonly SourceRow[];
  find(table: string, parent: null, key: string): number | undefined;
}

/** A secret as the store keeps it, and for which destination it opens: with the SecretKey of src/access. */
export type Sealed = { readonly text: string; readonly destination: string };

/** Clear text of a sealed secret. Throws with what to do where it can't be had. */
export type Reveal = (sealed: Sealed) => string;

/** Values in force: what is set, else the default of the schema. */
export class Reading {
  readonly source: ConfigurationSource;
  readonly #catalogue: Catalogue;

  constructor(catalogue: Catalogue, source: ConfigurationSource) {
    this.#catalogue = catalogue;
    this.source = source;
  }

  singleton(table: string): SourceRow {
    const id = this.source.find(table, null, '');
    const row = id === undefined ? undefined : this.source.row(id);
    return row ?? { id: 0, table, key: '', fields: new Map() };
  }

  text(row: SourceRow, field: string): string {
    return String(this.#value(row, field) ?? '');
  }

  /** A secret that can be had back; its text is '' where none is set. */
  sealed(row: SourceRow, field: string): Sealed {
    const table = this.#catalogue.tableOf(row.table);
    return { text: this.text(row, field), destination: destinationOf(table, field, row.fields) };
  }

  number(row: SourceRow, field: string): number {
    return Number(this.#value(row, field) ?? 0);
  }

  isEnabled(row: SourceRow, field: string): boolean {
    return this.#value(row, field) === 'enable';
  }

  /** All fields that hold a number or a text, but for these. */
  values(row: SourceRow, without: ReadonlySet<string>): Readonly<Record<string, Scalar>> {
    const fields = [...this.#catalogue.tableOf(row.table).fields.keys()].filter(
      (field) => !without.has(field),
    );
    return Object.fromEntries(
      fields.flatMap((field) => {
        const content = this.#content(row, field);
        return content === undefined || typeof content === 'object' ? [] : [[field, content]];
      }),
    );
  }

  /** The row that a reference names, if it is set. */
  target(row: SourceRow, field: string): SourceRow | undefined {
    return this.targets(row, field)[0];
  }

  /** The items of a list of numbers or texts, in canonical form and in their order. */
  list(row: SourceRow, field: string): readonly string[] {
    return this.#items(row, field).map((item) => {
      if (isLink(item)) throw new Error(`${row.table}: ${field} is a list of references`);
      return String(item);
    });
  }

  /** The rows that a list of references names, in their order. */
  targets(row: SourceRow, field: string): readonly SourceRow[] {
    return this.#items(row, field).flatMap((item) =>
      isLink(item) ? (this.source.row(item.target) ?? []) : [],
    );
  }

  #value(row: SourceRow, field: string): Scalar | undefined {
    const content = this.#content(row, field);
    if (typeof content === 'object') throw new Error(`${row.table}: ${field} is no single value`);
    return content;
  }

  #items(row: SourceRow, field: string): readonly Item[] {
    return itemsOf(this.#content(row, field));
  }

  #content(row: SourceRow, field: string): Content | undefined {
    return this.#catalogue.tableOf(row.table).inForce(row.fields, field);
  }
}
