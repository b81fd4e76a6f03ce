import type { Word } from '../../../grammar/statement.ts';
import type { Stretch } from '../../access/concealment.ts';
import type { CheckScript, ScriptProblem } from '../../system/script-check.ts';
import { nearest } from '../../text/nearest.ts';
import { type Fault, type SourceText, shortened } from './problem.ts';

/** A script that is no script has as many mistakes as lines. */
const mostProblems = 20;

/** What is wrong with the script that a word holds. */
export async function scriptFaults(check: CheckScript, text: string, word: Word): Promise<readonly Fault[]> {
  const problems = await check(text);
  return problems.slice(0, mostProblems).map((problem) => ({
    ...faultOf(problem),
    span: word.span,
    within: stretchOf(word.text, problem),
  }));
}

/** A quote that was meant for the script has ended it: the rest would be taken, and the quotes be lost. */
export function jointFault({ text, span, joint }: Word): Fault | undefined {
  if (joint === undefined) return undefined;
  const expected = 'a script in one pair of quotes; write \\" for a quote inside';
  return {
    error: 'invalid-value',
    word: text.slice(joint),
    span,
    within: { offset: joint, length: 1 },
    expected,
  };
}

/** What is wrong with the script that a file holds. */
export async function scriptFileFaults(
  check: CheckScript,
  text: string,
  source: SourceText,
): Promise<readonly Fault[]> {
  const problems = await check(text);
  return problems.slice(0, mostProblems).map((problem) => {
    const { line, column } = problem;
    return { ...faultOf(problem), source, span: { ...stretchOf(source.text, problem), line, column } };
  });
}

function faultOf({ line, column, message, found, expected }: ScriptProblem): Fault {
  const before = found === '' ? '' : `, before '${shortened(found, 40)}'`;
  const meant = nearest(found, expected);
  const isListed = expected.length > 0 && meant === undefined;
  return {
    error: 'invalid-script',
    word: `line ${line}, column ${column}${before}`,
    expected: isListed ? `${message}: one of ${expected.join(', ')}` : message,
    nearest: meant,
  };
}

/** Each is one line end to Lua. */
const lineEnd = /\r\n|\n\r|\r|\n/g;

/** Where a problem stands in the text as it was written, whose line ends may be others than those that were checked. */
function stretchOf(text: string, { line, column, found }: ScriptProblem): Stretch {
  const starts = [0, ...text.matchAll(lineEnd).map(({ 0: end, index }) => index + end.length)];
  const start = starts[line - 1] ?? text.length;
  const before = Array.from(text.slice(start, starts[line] ?? text.length)).slice(0, column - 1);
  const [first = ''] = found.split(/[\r\n]/, 1);
  return { offset: start + before.join('').length, length: first.length };
}
