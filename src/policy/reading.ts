import type { Catalogue } from '../../schemas/catalogue.ts';
import type { Value } from '../../schemas/field.ts';

type Content = Value | { readonly target: number };

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

  number(row: SourceRow, field: string): number {
    return Number(this.#value(row, field) ?? 0);
  }

  isEnabled(row: SourceRow, field: string): boolean {
    return this.#value(row, field) === 'enable';
  }

  /** The row that a reference names, if it is set. */
  target(row: SourceRow, field: string): SourceRow | undefined {
    const content = row.fields.get(field);
    return typeof content === 'object' ? this.source.row(content.target) : undefined;
  }

  #value(row: SourceRow, field: string): Value | undefined {
    const content = row.fields.get(field);
    if (typeof content === 'object') throw new Error(`${row.table}: ${field} is a reference`);
    return content ?? this.#catalogue.tableOf(row.table).fields.get(field)?.meta.default;
  }
}
