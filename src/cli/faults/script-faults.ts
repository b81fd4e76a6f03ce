import type { Word } from '../../../grammar/word.ts';
import type { Field } from '../../../schemas/table.ts';
import { scriptFaults } from '../../model/values/scripts.ts';
import type { CheckScript, ScriptProblem } from '../../system/script-check.ts';
import type { Fault, SourceText } from './problem.ts';

/** A quote that was meant for the script has ended it: the rest would be taken, and the quotes be lost. */
export function jointFault(field: Field, [word, superfluous]: readonly Word[]): Fault | undefined {
  if (field.meta.kind !== 'script' || word?.joint === undefined || superfluous !== undefined)
    return undefined;
  const { text, span, joint } = word;
  // What can't be a script at all is worse.
  if ('fault' in field.read(text)) return undefined;
  return {
    error: 'invalid-value',
    word: text.slice(joint),
    span,
    within: { offset: joint, length: 1 },
    expected: 'a script in one pair of quotes; write \\" for a quote inside',
  };
}

/** What is wrong with the script that a file holds. `text`: as a field would keep it. */
export async function scriptFileFaults(
  check: CheckScript,
  text: string,
  source: SourceText,
): Promise<{ readonly faults: readonly Fault[]; readonly warnings: readonly ScriptProblem[] }> {
  const { problems, warnings } = await check(text);
  const faults = scriptFaults(problems, source.text).map(({ problem: { line, column }, within, fault }) => ({
    ...fault,
    source,
    span: { ...within, line, column },
  }));
  return { faults, warnings };
}
