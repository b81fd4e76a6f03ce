import type { Word } from '../../../grammar/word.ts';
import type { Fault } from '../faults/problem.ts';
import { choices, hint, type Suggestion } from '../typing/suggestion.ts';
import { after, resolveWord } from '../words/resolve.ts';

/** A word that an operation takes with a value behind it. */
export type Keyword = {
  /** What follows it, for `?`. */
  readonly help: string;
  /** What the value is to be. */
  readonly expected: string;
  isValid(text: string): boolean;
};

/** `KEYWORD value` in any order, each once at most; what is left out is not in the map. */
export function readKeywords<Name extends string>(
  parameters: readonly Word[],
  keywords: Readonly<Record<Name, Keyword>>,
): { readonly values: ReadonlyMap<Name, string> } | { readonly fault: Fault } {
  const values = new Map<Name, string>();
  for (let index = 0; index < parameters.length; index += 2) {
    const [word, value] = parameters.slice(index, index + 2);
    if (word === undefined) break;
    const left = namesOf(keywords).filter((name) => !values.has(name));
    const expected = left.length === 0 ? 'the end of the line' : `one of ${left.join(', ')}`;
    const resolved = resolveWord(word, left, expected);
    if ('fault' in resolved) return resolved;
    const name = left.find((each) => each === resolved.found);
    if (name === undefined) break;
    const keyword = keywords[name];
    if (value === undefined)
      return { fault: { error: 'incomplete', word: '', span: after(word), expected: keyword.expected } };
    const { text, span } = value;
    if (!keyword.isValid(text))
      return { fault: { error: 'invalid-value', word: text, span, expected: keyword.expected } };
    values.set(name, text);
  }
  return { values };
}

/** What may follow these parameters: a keyword that is not there yet, or a value. */
export function suggestKeywords<Name extends string>(
  given: readonly Word[],
  keywords: Readonly<Record<Name, Keyword>>,
): readonly Suggestion[] {
  const last = given.at(-1);
  if (last !== undefined && given.length % 2 === 1) {
    const name = namesOf(keywords).find((each) => each.startsWith(last.text));
    return name === undefined ? [] : [hint(`<${name}>`, keywords[name].expected)];
  }
  const used = new Set(given.filter((_, index) => index % 2 === 0).map(({ text }) => text));
  const left = namesOf(keywords).filter((name) => !used.has(name));
  return choices(Object.fromEntries(left.map((name) => [name, keywords[name].help])));
}

function namesOf<Name extends string>(keywords: Readonly<Record<Name, Keyword>>): readonly Name[] {
  const names: Name[] = [];
  for (const name in keywords) names.push(name);
  return names;
}
