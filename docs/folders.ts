import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Files } from './pages.ts';

const tables = join(import.meta.dirname, 'tables');

const operations = join(import.meta.dirname, 'operations.md');

export function readOperationsPage(): string | null {
  return existsSync(operations) ? readFileSync(operations, 'utf8') : null;
}

export function writeOperationsPage(text: string): void {
  writeFileSync(operations, text);
}

export function readExamples(): Files {
  return readFolder(join(import.meta.dirname, 'examples'));
}

export function readPages(): Files {
  return readFolder(tables);
}

/** Makes the folder of the pages hold these and nothing else. */
export function writePages(pages: Files): void {
  mkdirSync(tables, { recursive: true });
  for (const name of readdirSync(tables)) {
    if (!pages.has(name)) rmSync(join(tables, name));
  }
  for (const [name, text] of pages) writeFileSync(join(tables, name), text);
}

function readFolder(folder: string): Files {
  const names = readdirSync(folder).sort();
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
