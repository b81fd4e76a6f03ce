import type { Span, Word } from '../../grammar/statement.ts';
import type { Context, Faults } from './context.ts';
import type { Operation } from './operation.ts';
import { after, resolveWord } from './resolve.ts';

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
    if (named !== undefined) return named.run(context, words.slice(index));
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
