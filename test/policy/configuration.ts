import type { ConfigurationSource, SourceRow } from '../../src/policy/reading.ts';

/** Fields of a row; a reference as `to('TABLE', 'KEY')`. */
export type Fields = Readonly<Record<string, Content>>;
type Item = string | number | Reference;
type Content = Item | readonly Item[];
type Reference = { readonly table: string; readonly key: string };

function isList(content: Content): content is readonly Item[] {
  return Array.isArray(content);
}

export function to(table: string, key: string): Reference {
  return { table, key };
}

type Entry = { readonly row: SourceRow; readonly parent: number | null };

/** A configuration as a plain list of rows. */
export class Rows implements ConfigurationSource {
  readonly revision = 7;
  readonly #entries: Entry[] = [];
  /** Rows that were looked at. */
  readonly read = new Set<string>();

  add(table: string, key: string, fields: Fields = {}, parent: number | null = null): number {
    const id = this.#entries.length + 1;
    const link = (item: Item) => (typeof item === 'object' ? { target: this.#idOf(item) } : item);
    const contents = Object.entries(fields).map(
      ([name, content]) => [name, isList(content) ? content.map(link) : link(content)] as const,
    );
    this.#entries.push({ row: { id, table, key, fields: new Map(contents) }, parent });
    return id;
  }

  #idOf({ table, key }: Reference): number {
    const id = this.find(table, null, key);
    if (id === undefined) throw new Error(`no ${table} ${key}`);
    return id;
  }

  row(id: number): SourceRow | undefined {
    return this.#note(this.#entries.find(({ row }) => row.id === id)?.row);
  }

  rows(table: string, parent: number | null): readonly SourceRow[] {
    return this.#entries
      .filter((entry) => entry.row.table === table && entry.parent === parent)
      .flatMap(({ row }) => this.#note(row) ?? []);
  }

  find(table: string, parent: null, key: string): number | undefined {
    return this.#entries.find(
      (entry) => entry.parent === parent && entry.row.table === table && entry.row.key === key,
    )?.row.id;
  }

  #note(row: SourceRow | undefined): SourceRow | undefined {
    if (row !== undefined) this.read.add(`${row.table} ${row.key}`);
    return row;
  }
}

/** The services that are always there. */
export function newRows(): Rows {
  const rows = new Rows();
  rows.add('server-policy service predefined', 'HTTP', { port: 80 });
  rows.add('server-policy service predefined', 'HTTPS', { port: 443 });
  return rows;
}

export type Vip = { readonly vip?: string; readonly vip6?: string; readonly status?: string };

/** A virtual server with a vip for each entry, numbered from 1. */
export function addVserver(rows: Rows, name: string, vips: readonly Vip[]): void {
  const vserver = rows.add('server-policy vserver', name);
  vips.forEach(({ status, ...fields }, index) => {
    rows.add('system vip', `${name} ${index}`, fields);
    const entry = { vip: to('system vip', `${name} ${index}`), ...(status === undefined ? {} : { status }) };
    rows.add('server-policy vserver vip-list', String(index + 1), entry, vserver);
  });
}

/** A pool whose members have these fields. */
export function addPool(rows: Rows, name: string, members: readonly Fields[], fields: Fields = {}): void {
  const pool = rows.add('server-policy server-pool', name, fields);
  members.forEach((member, index) => {
    rows.add('server-policy server-pool pserver-list', String(index + 1), member, pool);
  });
}

/** A policy on a virtual server of its own that has these addresses. */
export function addPolicy(rows: Rows, name: string, vips: readonly Vip[], fields: Fields = {}): number {
  addVserver(rows, name, vips);
  addPool(rows, name, []);
  return rows.add('server-policy policy', name, {
    vserver: to('server-policy vserver', name),
    service: to('server-policy service predefined', 'HTTP'),
    'server-pool': to('server-policy server-pool', name),
    ...fields,
  });
}
