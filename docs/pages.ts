import type { Catalogue } from '../schemas/catalogue.ts';
import { indexPage } from './index-page.ts';
import { fileName, tablePage } from './table-page.ts';

/** Texts by the name of their file. */
export type Files = ReadonlyMap<string, string>;

export type Pages = {
  readonly pages: Files;
  /** One line for each example that lacks its table, or table that lacks its example. */
  readonly problems: readonly string[];
};

/** All reference pages of a catalogue, with the examples included. */
export function makePages(catalogue: Catalogue, examples: Files): Pages {
  const pages = new Map([['README.md', indexPage(catalogue)]]);
  const problems: string[] = [];
  const wanted = new Set<string>();
  for (const table of catalogue.tables) {
    const name = `${fileName(table)}.conf`;
    wanted.add(name);
    const example = examples.get(name);
    if (example === undefined)
      problems.push(`docs/examples/${name} is missing: "${table.id}" has no example`);
    else pages.set(`${fileName(table)}.md`, tablePage(catalogue, table, example));
  }
  for (const name of examples.keys()) {
    if (!wanted.has(name)) problems.push(`docs/examples/${name} is the example of no table`);
  }
  return { pages, problems };
}

/** One line for each page that is not on disk as it should be. */
export function staleness(pages: Files, onDisk: Files): string[] {
  return [...new Set([...pages.keys(), ...onDisk.keys()])].sort().flatMap((name) => {
    const wanted = pages.get(name);
    const found = onDisk.get(name);
    if (wanted === found) return [];
    if (wanted === undefined) return [`docs/tables/${name} is the page of no table`];
    return [`docs/tables/${name} ${found === undefined ? 'is missing' : 'is out of date'}`];
  });
}
