import { resolveVerb } from '../../../grammar/resolve-verb.ts';
import { type Verb, verbs } from '../../../grammar/shapes.ts';
import type { Statement } from '../../../grammar/statement.ts';
import type { Word } from '../../../grammar/word.ts';
import type { Language } from '../language/language.ts';
import type { Operation } from '../language/operation.ts';
import { namedOperation, operationSuggestions } from '../language/operations.ts';
import type { Position } from '../session/context.ts';
import { resolveWord } from '../words/resolve.ts';
import { pathSuggestions } from './suggestion.ts';

/** The verb of a line whose output can be piped. */
export function pipingVerb(language: Language, verb: Pick<Word, 'text'> | undefined): Verb | undefined {
  const meant = verb === undefined ? undefined : resolveVerb(verb.text, verbs);
  if (meant === undefined || !('verb' in meant)) return undefined;
  return language.verb(meant.verb)?.pipes === true ? meant.verb : undefined;
}

/** Whether the words are a whole statement whose output can be piped. */
export function mayPipe(language: Language, position: Position, [first, ...words]: readonly Word[]): boolean {
  const verb = pipingVerb(language, first);
  if (verb === undefined) return false;
  const at = words.findLastIndex(({ text, quoted }) => text === '|' && !quoted);
  if (at >= 0) return isWholePipe(language, words.slice(at + 1));
  switch (verb) {
    case 'execute':
    case 'diagnose':
      return isWholeOperation(language, position, verb, words);
    case 'get':
      return isWholeOperation(language, position, verb, words) || isWholePath(position, verb, words);
    default:
      return isWholePath(position, verb, words);
  }
}

function isWholePipe({ pipes }: Language, [name, ...parameters]: readonly Word[]): boolean {
  const pipe = name && pipes().find((candidate) => candidate.name === name.text);
  const given = parameters.filter(({ text }) => !text.startsWith('-'));
  return pipe !== undefined && given.length >= required(pipe.parameters);
}

function isWholeOperation(
  { operations }: Language,
  position: Position,
  verb: Operation['verb'],
  words: readonly Word[],
): boolean {
  const operation = namedOperation(operations(), verb, words);
  if (operation === undefined) return false;
  const { parameters } = operation;
  const given = words.length - operation.words.length;
  const canEnd =
    parameters.includes('[') || operationSuggestions(position, operations(), verb, words, '').length === 0;
  return canEnd && given >= required(parameters);
}

/** `show` and `get` take a table; `tree` also takes a branch. */
function isWholePath(position: Position, verb: Statement['verb'], words: readonly Word[]): boolean {
  const [first, ...rest] = words;
  const isFull = verb === 'show' && first !== undefined && 'found' in resolveWord(first, [full], '');
  const path = isFull ? rest : words;
  if (path.length === 0 || verb === 'tree') return true;
  return 'table' in pathSuggestions(position.model, path);
}

const full = 'full-configuration';

/** How many words must be given, of parameters in the notation of the reference pages. */
function required(parameters: string): number {
  const without = parameters.replaceAll(/\[[^\]]*\]/g, '').replaceAll(/\{[^}]*\}/g, '{}');
  return without.split(' ').filter((word) => word !== '').length;
}
