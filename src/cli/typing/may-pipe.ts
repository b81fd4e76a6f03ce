import type { Statement, Verb, Word } from '../../../grammar/statement.ts';
import { resolveVerb } from '../../../grammar/verbs.ts';
import { resolveWord } from '../faults/resolve.ts';
import type { Language } from '../language/language.ts';
import type { Operation } from '../language/operation.ts';
import { namedOperation, operationSuggestions } from '../language/operations.ts';
import type { Place } from '../language/verb.ts';
import { pathSuggestions } from './suggestion.ts';

/** The verb of a line whose output can be piped. */
export function pipingVerb(language: Language, verb: Word | undefined): Verb | undefined {
  const meant = verb === undefined ? undefined : resolveVerb(verb.text, [...language.verbs.keys()]);
  if (meant === undefined || !('verb' in meant)) return undefined;
  return language.verbs.get(meant.verb)?.pipes === true ? meant.verb : undefined;
}

/** Whether the words are a whole statement whose output can be piped. */
export function mayPipe(language: Language, place: Place, [first, ...words]: readonly Word[]): boolean {
  const verb = pipingVerb(language, first);
  if (verb === undefined) return false;
  const at = words.findLastIndex(({ text, quoted }) => text === '|' && !quoted);
  if (at >= 0) return isWholePipe(place, words.slice(at + 1));
  switch (verb) {
    case 'execute':
    case 'diagnose':
      return isWholeOperation(place, verb, words);
    case 'get':
      return isWholeOperation(place, verb, words) || isWholePath(place, verb, words);
    default:
      return isWholePath(place, verb, words);
  }
}

function isWholePipe({ pipes }: Place, [name, ...parameters]: readonly Word[]): boolean {
  const pipe = name && pipes.find((candidate) => candidate.name === name.text);
  const given = parameters.filter(({ text }) => !text.startsWith('-'));
  return pipe !== undefined && given.length >= required(pipe.parameters);
}

function isWholeOperation(place: Place, verb: Operation['verb'], words: readonly Word[]): boolean {
  const operation = namedOperation(place, verb, words);
  if (operation === undefined) return false;
  const { parameters } = operation;
  const given = words.length - operation.words.length;
  const canEnd = parameters.includes('[') || operationSuggestions(place, verb, words, '').length === 0;
  return canEnd && given >= required(parameters);
}

/** `show` and `get` take a table; `tree` also takes a branch. */
function isWholePath(place: Place, verb: Statement['verb'], words: readonly Word[]): boolean {
  const [first, ...rest] = words;
  const isFull = verb === 'show' && first !== undefined && 'found' in resolveWord(first, [full], '');
  const path = isFull ? rest : words;
  if (path.length === 0 || verb === 'tree') return true;
  return 'table' in pathSuggestions(place, path);
}

const full = 'full-configuration';

/** How many words must be given, of parameters in the notation of the reference pages. */
function required(parameters: string): number {
  const without = parameters.replaceAll(/\[[^\]]*\]/g, '').replaceAll(/\{[^}]*\}/g, '{}');
  return without.split(' ').filter((word) => word !== '').length;
}
