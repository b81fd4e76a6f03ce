import type { Span, Word } from '../../../grammar/word.ts';
import type { Catalogue } from '../../../schemas/catalogue.ts';
import type { Table } from '../../../schemas/table.ts';
import { nearest } from '../../text/nearest.ts';
import type { Fault } from '../faults/problem.ts';
import { onlyOf } from './only.ts';

export type Resolved<T> = { readonly found: T } | { readonly fault: Fault };

/** The candidate that a word names: in full, or as the only one that begins so. */
export function resolveWord(word: Word, candidates: readonly string[], expected: string): Resolved<string> {
  const { text, span } = word;
  if (candidates.includes(text)) return { found: text };
  const beginning = text === '' ? [] : candidates.filter((candidate) => candidate.startsWith(text));
  const [only] = beginning;
  if (only !== undefined && beginning.length === 1) return { found: only };
  if (beginning.length > 1) {
    return {
      fault: { error: 'ambiguous-word', word: text, span, expected: `one of ${beginning.join(', ')}` },
    };
  }
  const meant = nearest(text, candidates) ?? withPart(text, candidates);
  return { fault: { error: 'unknown-word', word: text, span, expected, nearest: meant } };
}

/** The only candidate of which a word is a part between hyphens, as "token" of "api-token". */
function withPart(part: string, candidates: readonly string[]): string | undefined {
  return onlyOf(candidates.filter((candidate) => candidate.split('-').includes(part)));
}

/** The tables below a branch that the words name in whole; undefined where they go on to a table, or are wrong. */
export function resolveBranch(catalogue: Catalogue, words: readonly Word[]): readonly Table[] | undefined {
  const path: string[] = [];
  for (const word of words) {
    const resolved = resolvePathWord(word, catalogue.wordsAfter(path), '');
    if ('fault' in resolved) return undefined;
    path.push(resolved.found);
    if (catalogue.find(path.join(' ')) !== undefined) return undefined;
  }
  return catalogue.tables.filter((table) => path.every((word, index) => table.path[index] === word));
}

/**
 * The candidate that a word of a path names: also the only one that it differs from in case alone, as FortiWeb's
 * backups write `config log alertmail`.
 */
export function resolvePathWord(
  word: Word,
  candidates: readonly string[],
  expected: string,
): Resolved<string> {
  const wanted = word.text.toLowerCase();
  const found = onlyOf(candidates.filter((candidate) => candidate.toLowerCase() === wanted));
  return found === undefined ? resolveWord(word, candidates, expected) : { found };
}

/**
 * The table that the first words of a path name, and the words after it.
 *
 * @param others what else could follow some words, for the message where nothing fits
 */
export function resolvePath(
  catalogue: Catalogue,
  words: readonly Word[],
  others: (known: readonly string[]) => readonly string[] = () => [],
): Resolved<{ readonly table: Table; readonly rest: readonly Word[] }> {
  const path: string[] = [];
  for (const [index, word] of words.entries()) {
    const further = others(path);
    const candidates = [...new Set([...catalogue.wordsAfter(path), ...further])];
    const resolved = resolvePathWord(
      word,
      candidates,
      `${whatFollows(path, further)}: ${candidates.join(', ')}`,
    );
    if ('fault' in resolved) {
      const { fault } = resolved;
      if (fault.error !== 'unknown-word') return resolved;
      return { fault: { ...fault, nearest: tableMeant(catalogue, word.text) ?? fault.nearest } };
    }
    path.push(resolved.found);
    const table = catalogue.find(path.join(' '));
    if (table !== undefined) return { found: { table, rest: words.slice(index + 1) } };
  }
  const last = words.at(-1);
  const candidates = [...new Set([...catalogue.wordsAfter(path), ...others(path)])];
  const expected =
    candidates.length === 1 ? `"${candidates[0]}" behind it` : `one of ${candidates.join(', ')}`;
  return { fault: { error: 'incomplete', word: '', span: last && after(last), expected } };
}

/** The beginning of the only paths that have a word, for who says it without what stands before it. */
function tableMeant({ tables }: Catalogue, word: string): string | undefined {
  const beginnings = tables.map(({ path }) => path.slice(0, path.indexOf(word) + 1).join(' '));
  return onlyOf(beginnings.filter((beginning) => beginning !== ''));
}

/** `others`: those of the words that are there which lead to no table. */
function whatFollows(path: readonly string[], others: readonly string[]): string {
  const branch = path.join(' ');
  if (others.length > 0) return branch === '' ? 'one of' : `one of those behind "${branch}"`;
  return branch === '' ? 'a branch of the configuration' : `a table of ${branch}`;
}

/** The empty place right after a word. */
export function after({ span }: Word): Word['span'] {
  return { offset: span.offset + span.length, length: 0, line: span.line, column: span.column + span.length };
}

/** The place right after the last line that says something. */
export function endOf(text: string): Span {
  const said = text.trimEnd();
  const line = said.split('\n').length;
  const column = [...said.slice(said.lastIndexOf('\n') + 1)].length + 1;
  return { offset: said.length, length: 0, line, column };
}
