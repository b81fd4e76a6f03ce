import type { Span, Word } from '../../../grammar/word.ts';
import { allows, type Requirement } from '../../access/permissions.ts';
import { missingPermission } from '../../model/permission.ts';
import type { Fault, Faults } from '../faults/problem.ts';
import type { Context, Position } from '../session/context.ts';
import { choices, type Suggestion } from '../typing/suggestion.ts';
import { after, resolveWord } from '../words/resolve.ts';
import { commandMeant, endingMeant } from './meant.ts';
import type { Operation } from './operation.ts';

type Walk =
  | { readonly kind: 'named'; readonly operation: Operation; readonly parameters: readonly Word[] }
  /** The words end before any of these is named. `expected`: the words that may follow. */
  | { readonly kind: 'unfinished'; readonly candidates: readonly Operation[]; readonly expected: string }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** Follows the words to the operation that the first of them name. Each may be abbreviated. */
function walk(operations: readonly Operation[], verb: Operation['verb'], words: readonly Word[]): Walk {
  let candidates = operations.filter((operation) => operation.verb === verb);
  for (let index = 0; ; index++) {
    const operation = candidates.find((candidate) => candidate.words.length === index);
    if (operation !== undefined) return { kind: 'named', operation, parameters: words.slice(index) };
    const next = [...new Set(candidates.flatMap((candidate) => candidate.words[index] ?? []))];
    const expected = next.length === 1 ? `"${next[0]}"` : `one of ${next.join(', ')}`;
    const word = words[index];
    if (word === undefined) return { kind: 'unfinished', candidates, expected };
    const resolved = resolveWord(word, next, expected);
    if ('fault' in resolved) {
      const { fault } = resolved;
      if (fault.error !== 'unknown-word') return { kind: 'fault', fault };
      const said = words.slice(0, index + 1).map(({ text }) => text);
      const meant =
        endingMeant(candidates, index, word.text) ?? fault.nearest ?? commandMeant(operations, said);
      return { kind: 'fault', fault: { ...fault, nearest: meant } };
    }
    candidates = candidates.filter((candidate) => candidate.words[index] === resolved.found);
  }
}

/** Runs the operation that the first words name with the words after them. */
export async function runOperation(
  context: Context,
  operations: readonly Operation[],
  verb: Operation['verb'],
  words: readonly Word[],
  statement: Span,
): Promise<Faults> {
  const walked = walk(operations, verb, words);
  switch (walked.kind) {
    case 'named': {
      const { requires, files } = walked.operation;
      const barred = files && missingPermission(context.model, files);
      if (barred !== undefined) return [{ ...barred, span: statement }];
      const run = (): Faults | Promise<Faults> => walked.operation.run(context, walked.parameters);
      const faults = await (requires === 'by-table'
        ? run()
        : runPermitted(context, requires, statement, run));
      return faults.map((fault) => atTheEnd(fault, words));
    }
    case 'unfinished': {
      const last = words.at(-1);
      const span = last === undefined ? statement : after(last);
      return [{ error: 'incomplete', word: '', span, expected: walked.expected }];
    }
    case 'fault':
      return [walked.fault];
  }
}

/** Runs what takes a permission, for as long as that is held. */
async function runPermitted(
  { model, client }: Context,
  required: Requirement,
  statement: Span,
  run: () => Faults | Promise<Faults>,
): Promise<Faults> {
  const refused = (): Faults | undefined => {
    const forbidden = missingPermission(model, required);
    return forbidden && [{ ...forbidden, span: statement }];
  };
  const forbidden = refused();
  if (forbidden !== undefined) return forbidden;
  const need = client.needs(required);
  try {
    const faults = await run();
    return (need.isLost ? refused() : undefined) ?? faults;
  } finally {
    need.release();
  }
}

/** What is missing is missing behind the last word, where the operation does not say otherwise. */
function atTheEnd(fault: Fault, words: readonly Word[]): Fault {
  const last = words.at(-1);
  if (fault.error !== 'incomplete' || fault.span !== undefined || last === undefined) return fault;
  return { ...fault, span: after(last) };
}

function isAllowed({ model }: Position, { requires, files }: Operation): boolean {
  const named = files === undefined || missingPermission(model, files) === undefined;
  return named && (requires === 'by-table' || allows(model.permissions, requires));
}

/** The words that continue the names of operations behind these words, which are not abbreviated. */
export function operationWords(
  operations: readonly Operation[],
  verb: Operation['verb'],
  known: readonly string[],
): readonly string[] {
  return operations
    .filter((operation) => operation.verb === verb && known.every((word, at) => operation.words[at] === word))
    .flatMap((operation) => operation.words[known.length] ?? []);
}

/** The operation that the first words name in whole. */
export function namedOperation(
  operations: readonly Operation[],
  verb: Operation['verb'],
  words: readonly Word[],
): Operation | undefined {
  const walked = walk(operations, verb, words);
  return walked.kind === 'named' ? walked.operation : undefined;
}

/** What may follow: the next word of an operation's name, or what it takes. */
export function operationSuggestions(
  position: Position,
  operations: readonly Operation[],
  verb: Operation['verb'],
  words: readonly Word[],
  prefix: string,
): readonly Suggestion[] {
  const allowed = operations.filter((operation) => isAllowed(position, operation));
  const walked = walk(allowed, verb, words);
  switch (walked.kind) {
    case 'named':
      return walked.operation.suggest(position, walked.parameters, prefix);
    case 'unfinished':
      return nextWords(walked.candidates, words.length);
    case 'fault':
      return [];
  }
}

/** The words at an index of the names of operations: with the help of the only one there, or the words after it. */
function nextWords(candidates: readonly Operation[], index: number): readonly Suggestion[] {
  const next = Map.groupBy(candidates, (operation) => operation.words[index] ?? '');
  const entries = [...next].map(([word, operations]) => {
    const further = new Set(operations.flatMap((operation) => operation.words[index + 1] ?? []));
    const [only] = operations;
    return [word, operations.length === 1 ? only?.help : [...further].join(', ')];
  });
  return choices(Object.fromEntries(entries), 'path');
}
