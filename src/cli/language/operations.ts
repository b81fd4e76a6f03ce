import type { Span, Word } from '../../../grammar/statement.ts';
import { allows } from '../../access/permissions.ts';
import { missingPermission } from '../faults/permission.ts';
import type { Fault } from '../faults/problem.ts';
import { after, resolveWord } from '../faults/resolve.ts';
import type { Context, Faults } from '../session/context.ts';
import { choices, type Suggestion } from '../typing/suggestion.ts';
import type { Operation } from './operation.ts';
import type { Place } from './verb.ts';

/** Finds the operation that the words name, each of which may be abbreviated, and runs it with the rest. */
export async function runOperation(
  context: Context,
  verb: Operation['verb'],
  words: readonly Word[],
  statement: Span,
): Promise<Faults> {
  let candidates = context.operations.filter((operation) => operation.verb === verb);
  for (let index = 0; ; index++) {
    const named = candidates.find((operation) => operation.words.length === index);
    if (named !== undefined) {
      const { requires } = named;
      const forbidden = requires === 'by-table' ? undefined : missingPermission(context, requires, statement);
      if (forbidden !== undefined) return [forbidden];
      const faults = await named.run(context, words.slice(index));
      return faults.map((fault) => atTheEnd(fault, words));
    }
    const choices = [...new Set(candidates.flatMap((operation) => operation.words[index] ?? []))];
    const expected =
      choices.length === 0 ? `nothing: there is no ${verb} command yet` : `one of ${choices.join(', ')}`;
    const word = words[index];
    if (word === undefined) {
      const last = words.at(-1);
      return [
        { error: 'incomplete', word: '', span: last === undefined ? statement : after(last), expected },
      ];
    }
    const resolved = resolveWord(word, choices, expected);
    if ('fault' in resolved) return [resolved.fault];
    candidates = candidates.filter((operation) => operation.words[index] === resolved.found);
  }
}

/** What is missing is missing behind the last word, where the operation does not say otherwise. */
function atTheEnd(fault: Fault, words: readonly Word[]): Fault {
  const last = words.at(-1);
  if (fault.error !== 'incomplete' || fault.span !== undefined || last === undefined) return fault;
  return { ...fault, span: after(last) };
}

function isAllowed({ permissions }: Place, { requires }: Operation): boolean {
  return requires === 'by-table' || allows(permissions, requires);
}

/** The words that go on the names of operations after these, which are written out. */
export function operationWords(
  { operations }: Pick<Place, 'operations'>,
  verb: Operation['verb'],
  known: readonly string[],
): readonly string[] {
  return operations
    .filter((operation) => operation.verb === verb && known.every((word, at) => operation.words[at] === word))
    .flatMap((operation) => operation.words[known.length] ?? []);
}

/** The operation that the first words name in whole. */
export function namedOperation(
  { operations }: Pick<Place, 'operations'>,
  verb: Operation['verb'],
  words: readonly Word[],
): Operation | undefined {
  let candidates = operations.filter((operation) => operation.verb === verb);
  for (let index = 0; ; index++) {
    const named = candidates.find((operation) => operation.words.length === index);
    const word = words[index];
    if (named !== undefined || word === undefined) return named;
    const next = [...new Set(candidates.flatMap((operation) => operation.words[index] ?? []))];
    const resolved = resolveWord(word, next, '');
    if ('fault' in resolved) return undefined;
    candidates = candidates.filter((operation) => operation.words[index] === resolved.found);
  }
}

/** What may follow: the next word of an operation's name, or what it takes. */
export function operationSuggestions(
  place: Place,
  verb: Operation['verb'],
  words: readonly Word[],
  prefix: string,
): readonly Suggestion[] {
  let candidates = place.operations.filter(
    (operation) => operation.verb === verb && isAllowed(place, operation),
  );
  for (const [index, word] of words.entries()) {
    const named = candidates.find((operation) => operation.words.length === index);
    if (named !== undefined) return named.suggest(place, words.slice(index), prefix);
    const next = [...new Set(candidates.flatMap((operation) => operation.words[index] ?? []))];
    const resolved = resolveWord(word, next, '');
    if ('fault' in resolved) return [];
    candidates = candidates.filter((operation) => operation.words[index] === resolved.found);
  }
  const named = candidates.find((operation) => operation.words.length === words.length);
  if (named !== undefined) return named.suggest(place, [], prefix);
  const next = Map.groupBy(candidates, (operation) => operation.words[words.length] ?? '');
  const entries = [...next].map(([word, operations]) => {
    const further = new Set(operations.flatMap((operation) => operation.words[words.length + 1] ?? []));
    const [only] = operations;
    return [word, operations.length === 1 ? only?.help : [...further].join(', ')];
  });
  return choices(Object.fromEntries(entries), 'path');
}
