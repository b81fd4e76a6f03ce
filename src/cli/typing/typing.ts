import { resolveVerb } from '../../../grammar/resolve-verb.ts';
import type { Verb } from '../../../grammar/shapes.ts';
import { type Typed, typed } from '../../../grammar/typing.ts';
import type { Word } from '../../../grammar/word.ts';
import { printWord, quote } from '../../text/quote.ts';
import type { Language } from '../language/language.ts';
import type { Position } from '../session/context.ts';
import { verbsAt, verbsOffered } from '../session/perform.ts';
import type { Completion, HelpLine, Highlight } from './assistance.ts';
import { mayPipe, pipingVerb } from './may-pipe.ts';
import { choices, hint, type Suggestion } from './suggestion.ts';

function typedAt(language: Language, text: string): Typed {
  return typed(text, (verb) => pipingVerb(language, { text: verb }) !== undefined);
}

/** What may stand at the cursor; a suggestion that does not begin like the typed word is no longer one. */
function suggestionsAt(
  language: Language,
  position: Position,
  { words, current, comment }: Typed,
): Suggestion[] {
  if (comment) return [];
  const all =
    words.length === 0
      ? verbSuggestions(language, position)
      : following(language, position, words, current.text);
  return all.filter(({ word, kind }) => (kind === 'hint' ? true : word.startsWith(current.text)));
}

/** Verbs that could be run here now. */
function verbSuggestions(language: Language, position: Position): readonly Suggestion[] {
  return verbWords(language, verbsOffered(language, position));
}

function verbWords({ verb }: Language, names: readonly Verb[]): readonly Suggestion[] {
  const entries = names.map((name) => [name, verb(name)?.help ?? '']);
  return choices(Object.fromEntries(entries), 'verb');
}

/** What may follow these words. */
function following(
  language: Language,
  position: Position,
  words: readonly Word[],
  prefix: string,
): readonly Suggestion[] {
  const [first, ...rest] = words;
  const { kind } = position.levels;
  // The word of a verb that could do nothing here is that verb all the same.
  if (first === undefined) return verbWords(language, verbsAt(language, position.levels));
  const meant = resolveVerb(first.text, verbsAt(language, position.levels));
  const entry = 'verb' in meant ? language.verb(meant.verb) : undefined;
  if (entry === undefined || !entry.levels.includes(kind)) return [];
  const pipe = entry.pipes ? rest.findLastIndex(({ text, quoted }) => text === '|' && !quoted) : -1;
  if (pipe >= 0) return pipeSuggestions(language, rest.slice(pipe + 1));
  return entry.suggest(position, rest, prefix, language.operations);
}

function pipeSuggestions({ pipes }: Language, [name]: readonly Word[]): readonly Suggestion[] {
  if (name === undefined)
    return choices(Object.fromEntries(pipes().map(({ name, help }) => [name, help])), 'path');
  const pipe = pipes().find((candidate) => candidate.name === name.text);
  return pipe === undefined || pipe.parameters === '' ? [] : [hint(pipe.parameters, pipe.help)];
}

export function complete(language: Language, position: Position, text: string, cursor: number): Completion {
  const line = typedAt(language, text.slice(0, cursor));
  const { start } = line.current;
  const inQuotes = text[start] === '"' || text[start] === "'";
  const candidates = suggestionsAt(language, position, line)
    .filter(({ kind }) => kind === 'word')
    .map(({ word, help }) => ({ text: inQuotes ? quote(word) : printWord(word), help, whole: true }));
  return { start, candidates };
}

export function help(language: Language, position: Position, text: string, cursor: number): HelpLine[] {
  const before = text.slice(0, cursor);
  const line = typedAt(language, before);
  const suggestions = suggestionsAt(language, position, line);
  if (suggestions.length === 0) {
    const unknown = highlight(language, position, before).find(({ kind }) => kind === 'unknown');
    if (unknown !== undefined) {
      const word = before.slice(unknown.start, unknown.start + unknown.length);
      return [{ word, help: 'Not known here' }];
    }
  }
  const lines = suggestions.map(({ word, kind, help: meaning }) => ({
    word: kind === 'hint' ? word : printWord(word),
    help: meaning,
  }));
  return line.current.text === '' && mayPipe(language, position, line.words)
    ? [...lines, { word: '|', help: 'Pass the output through a filter' }]
    : lines;
}

/** Each word of the line with what it is; a word that nothing begins like is unknown. */
export function highlight(language: Language, position: Position, text: string): Highlight[] {
  const { words, current, comment } = typedAt(language, text);
  if (comment) return [{ start: text.search(/\S/), length: text.trim().length, kind: 'comment' }];
  const last = { text: current.text, start: current.start, length: text.length - current.start };
  const all = [
    ...words.map(({ text: word, span }) => ({ text: word, start: span.offset, length: span.length })),
    ...(last.length > 0 ? [last] : []),
  ];
  return all.flatMap(({ text: word, start, length }, index): Highlight[] => {
    const before = words.slice(0, index);
    const allowed = following(language, position, before, word);
    const isPipe = text.slice(start, start + length) === '|' && pipingVerb(language, words[0]) !== undefined;
    return [{ start, length, kind: isPipe ? 'path' : kindOf(allowed, word) }];
  });
}

function kindOf(allowed: readonly Suggestion[], word: string): Highlight['kind'] {
  const match = allowed.find((suggestion) => suggestion.kind === 'word' && suggestion.word.startsWith(word));
  if (match !== undefined) return match.highlight;
  return allowed.some(({ kind }) => kind === 'hint') ? 'value' : 'unknown';
}
