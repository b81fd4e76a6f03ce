import { boundaryBefore } from '../../text/graphemes.ts';
import type { Key } from '../terminal/key.ts';
import type { History } from './history.ts';

/** A search through the history, from the newest entry back. */
export type Search = {
  readonly pattern: string;
  /** The entry that is shown; the length of the history before anything is found. */
  readonly index: number;
  readonly isFound: boolean;
};

export type SearchStep =
  | { readonly kind: 'search'; readonly search: Search }
  /** The entry becomes the line, on which the key then acts. */
  | { readonly kind: 'accept' }
  | { readonly kind: 'abort' };

export function beginSearch(history: History): Search {
  return {
    pattern: '',
    index: history.length,
    isFound: true,
  };
}

function find(history: History, pattern: string, from: number, search: Search): SearchStep {
  const index = history.indexHolding(pattern, from);
  const isFound = index >= 0;
  return { kind: 'search', search: { pattern, index: isFound ? index : search.index, isFound } };
}

export function searchStep(history: History, search: Search, key: Key): SearchStep {
  const { pattern, index } = search;
  if (key.kind === 'key') {
    if (key.chord === 'C-r') return find(history, pattern, index, search);
    if (key.chord === 'C-g' || key.chord === 'C-c') return { kind: 'abort' };
    if (key.chord === 'backspace') {
      const shorter = pattern.slice(0, boundaryBefore(pattern, pattern.length));
      return shorter === ''
        ? { kind: 'search', search: beginSearch(history) }
        : find(history, shorter, history.length, search);
    }
    if (key.text !== '') return find(history, pattern + key.text, index + 1, search);
  }
  return { kind: 'accept' };
}

/** What stands in place of the prompt. */
export function searchPrompt({ pattern, isFound }: Search): string {
  return `(${isFound ? '' : 'failed '}reverse-i-search)'${pattern}': `;
}
