import { boundaryBefore } from '../../text/graphemes.ts';
import type { Key } from '../terminal/key.ts';
import type { History } from './history.ts';

/** A search through the history, from the newest entry back. */
export type Search = {
  readonly wanted: string;
  /** The entry that is shown; the length of the history before anything is found. */
  readonly index: number;
  readonly isFound: boolean;
};

export type SearchStep =
  | { readonly kind: 'search'; readonly search: Search }
  /** The entry is taken into the line, and the key does there what it does. */
  | { readonly kind: 'take' }
  | { readonly kind: 'give up' };

export function beginSearch(history: History): Search {
  return {
    wanted: '',
    index: history.length,
    isFound: true,
  };
}

function find(history: History, wanted: string, from: number, search: Search): SearchStep {
  const index = history.indexHolding(wanted, from);
  const isFound = index >= 0;
  return { kind: 'search', search: { wanted, index: isFound ? index : search.index, isFound } };
}

export function searchStep(history: History, search: Search, key: Key): SearchStep {
  const { wanted, index } = search;
  if (key.kind === 'key') {
    if (key.chord === 'C-r') return find(history, wanted, index, search);
    if (key.chord === 'C-g' || key.chord === 'C-c') return { kind: 'give up' };
    if (key.chord === 'backspace') {
      const shorter = wanted.slice(0, boundaryBefore(wanted, wanted.length));
      return shorter === ''
        ? { kind: 'search', search: beginSearch(history) }
        : find(history, shorter, history.length, search);
    }
    if (key.text !== '') return find(history, wanted + key.text, index + 1, search);
  }
  return { kind: 'take' };
}

/** What stands in place of the prompt. */
export function searchPrompt({ wanted, isFound }: Search): string {
  return `(${isFound ? '' : 'failed '}reverse-i-search)'${wanted}': `;
}
