import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Table, type TableDefinition } from './table.ts';

/** Every config table there is. */
export class Catalogue {
  /** Referenced tables before those that refer to them: an export in this order can be replayed from top to bottom. */
  readonly tables: readonly Table[];
  readonly #byId: ReadonlyMap<string, Table>;
  readonly #all: ReadonlyMap<string, Table>;
  /** Names of the fields, of whatever table, that hold a secret. */
  readonly secretFields: readonly string[];
  /** Tables and sub-tables with a secret that can be had back. */
  readonly withSealedFields: readonly Table[];
  readonly #namesakes: ReadonlyMap<Table, readonly Table[]>;
  readonly #referredTo: ReadonlySet<string>;

  constructor(tables: readonly Table[]) {
    this.tables = inDependencyOrder(tables);
    this.#byId = new Map(this.tables.map((table) => [table.id, table]));
    this.#all = new Map(this.tables.flatMap(withSubTables).map((table) => [table.id, table]));
    const groups = this.tables.flatMap(referenceGroups);
    const fields = [...this.#all.values()].flatMap((table) => [...table.fields.values()]);
    this.secretFields = [...new Set(fields.filter(({ meta }) => meta.secret).map(({ name }) => name))];
    this.withSealedFields = [...this.#all.values()].filter(({ sealedFields }) => sealedFields.length > 0);
    this.#referredTo = new Set(groups.flat());
    this.#namesakes = new Map(
      this.tables.map((table) => {
        const shared = groups.filter((group) => group.includes(table.id)).flat();
        return [table, [...new Set(shared)].filter((id) => id !== table.id).map((id) => this.get(id))];
      }),
    );
  }

  /** By path, its words joined by one space. */
  find(id: string): Table | undefined {
    return this.#byId.get(id);
  }

  /** As `find`, for a path that a schema names: that it exists is the schema's promise. */
  get(id: string): Table {
    const table = this.#byId.get(id);
    if (table === undefined) throw new Error(`no such table: ${id}`);
    return table;
  }

  /** A table or sub-table by its whole path; undefined: there is none. */
  anyTable(id: string): Table | undefined {
    return this.#all.get(id);
  }

  /** As `anyTable`, for a path that must be one. */
  tableOf(id: string): Table {
    const table = this.#all.get(id);
    if (table === undefined) throw new Error(`no such table: ${id}`);
    return table;
  }

  /** Paths of the sub-tables right below a table or sub-table. */
  readonly subTablesOf = (id: string): string[] =>
    [...this.tableOf(id).tables.values()].map((table) => table.id);

  /** The top-level table that holds a sub-table; itself for a top-level one. */
  topOf(table: Table): Table {
    const top = this.tables.find(({ path }) => path.every((word, index) => table.path[index] === word));
    if (top === undefined) throw new Error(`no such table: ${table.id}`);
    return top;
  }

  /** The other tables whose rows a reference can name in the same place as those of this one: they share their names. */
  namesakes(table: Table): readonly Table[] {
    return this.#namesakes.get(table) ?? [];
  }

  /** Whether some field can refer to its rows. */
  isReferredTo(table: Table): boolean {
    return this.#referredTo.has(table.id);
  }

  /** Words that may follow `prefix` in a path, each once. */
  wordsAfter(prefix: readonly string[]): string[] {
    return wordsAfter(this.tables, prefix);
  }
}

/** As `Catalogue.wordsAfter`, among some tables. */
export function wordsAfter(tables: readonly Table[], prefix: readonly string[]): string[] {
  const under = tables.filter((table) => prefix.every((word, index) => table.path[index] === word));
  return [...new Set(under.flatMap((table) => table.path[prefix.length] ?? []))].sort();
}

/** Reads the folder: the path of a table is the path of its file. */
export async function loadCatalogue(): Promise<Catalogue> {
  const folder = import.meta.dirname;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file.includes(sep) && !file.startsWith(`kinds${sep}`))
    .sort();
  const tables = files.map(async (file) => {
    const module: { default: TableDefinition } = await import(pathToFileURL(join(folder, file)).href);
    return new Table(file.slice(0, -'.ts'.length).split(sep), module.default);
  });
  return new Catalogue(await Promise.all(tables));
}

function inDependencyOrder(tables: readonly Table[]): Table[] {
  const byId = new Map(tables.map((table) => [table.id, table]));
  const ordered = new Set<Table>();
  const visit = (table: Table, above: readonly Table[]): void => {
    if (ordered.has(table)) return;
    if (above.includes(table)) throw new Error(`${table.id}: its references lead back to it`);
    for (const id of referenceGroups(table).flat()) {
      const target = byId.get(id);
      if (target === undefined) throw new Error(`${table.id}: refers to ${id}, which is no table`);
      visit(target, [...above, table]);
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table, []);
  return [...ordered];
}

/** For each reference of a table and its sub-tables, the tables that it may name. */
function referenceGroups(table: Table): (readonly string[])[] {
  return [
    ...[...table.fields.values()].flatMap((field) =>
      field.meta.tables === undefined ? [] : [field.meta.tables],
    ),
    ...[...table.tables.values()].flatMap(referenceGroups),
  ];
}

function withSubTables(table: Table): Table[] {
  return [table, ...[...table.tables.values()].flatMap(withSubTables)];
}
