import { nearest } from '../src/text/nearest.ts';
import type { Verb } from './statement.ts';

/** Every verb of the language, at whatever level it is valid. */
export const verbs = [
  'config',
  'edit',
  'set',
  'unset',
  'append',
  'unselect',
  'select',
  'clear',
  'next',
  'end',
  'abort',
  'delete',
  'purge',
  'rename',
  'clone',
  'move',
  'get',
  'show',
  'tree',
  'execute',
  'diagnose',
  'exit',
] as const satisfies readonly Verb[];

const verbByName = new Map<string, Verb>(verbs.map((verb) => [verb, verb]));

/** The verb that is spelled out in full by `word`, at whatever level it is valid. */
export function fullVerb(word: string): Verb | undefined {
  return verbByName.get(word);
}

export type VerbResolution =
  | { readonly verb: Verb }
  /** Two or more verbs begin so. */
  | { readonly candidates: readonly Verb[] }
  | { readonly nearest: Verb | undefined };

/**
 * What verb `word` means where the verbs `among` are valid. A verb spelled out in full is meant wherever it
 * stands, and an abbreviation that only an invalid verb has names that verb: to refuse it there is the session's
 * part.
 */
export function resolveVerb(word: string, among: readonly Verb[]): VerbResolution {
  const exact = fullVerb(word);
  if (exact !== undefined) return { verb: exact };
  const valid = beginningWith(word, among);
  if (valid.length > 1) return { candidates: valid };
  const everywhere = valid.length === 1 ? valid : beginningWith(word, verbs);
  const [only] = everywhere;
  if (only !== undefined && everywhere.length === 1) return { verb: only };
  return { nearest: nearest(word, among) ?? nearest(word, verbs) };
}

function beginningWith(word: string, among: readonly Verb[]): readonly Verb[] {
  return word === '' ? [] : among.filter((verb) => verb.startsWith(word));
}
