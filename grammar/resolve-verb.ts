import { nearest } from '../src/text/nearest.ts';
import { type Verb, verbOf, verbs } from './shapes.ts';

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
  const named = verbOf(word);
  if (named !== undefined) return { verb: named };
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
