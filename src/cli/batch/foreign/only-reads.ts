import { statements } from '../../../../grammar/parse.ts';
import type { Verb } from '../../../../grammar/shapes.ts';
import type { Language } from '../../language/language.ts';
import { namedOperation } from '../../language/operations.ts';

/** They show something, enter or leave. */
const reading: ReadonlySet<Verb> = new Set([
  'config',
  'next',
  'end',
  'abort',
  'exit',
  'get',
  'show',
  'tree',
  'diagnose',
]);

/** Whether a text says something, and nothing that could change anything. What is wrong with it changes nothing either. */
export function onlyReads({ operations }: Language, text: string): boolean {
  let says = false;
  for (const item of statements(text)) {
    says = true;
    if (item.kind === 'problem') {
      // At some level only one of them may be meant.
      if (item.candidates.every((verb) => reading.has(verb))) continue;
      return false;
    }
    if (reading.has(item.verb)) continue;
    if (item.verb !== 'execute' || !('words' in item)) return false;
    const requires = namedOperation(operations(), 'execute', item.words)?.requires;
    if (requires !== undefined && requires !== 'by-table' && requires.access === 'w') return false;
  }
  return says;
}
