import type { Stretch } from '../../access/concealment.ts';
import type { ScriptProblem } from '../../system/script-check.ts';
import { nearest } from '../../text/nearest.ts';
import { shortened } from '../../text/shortened.ts';
import type { ModelFault, ModelFaults } from '../fault.ts';
import type { Model } from '../model.ts';
import type { OpenRow } from '../rows/open-row.ts';

/** A script that is no script has as many mistakes as lines. */
const mostProblems = 20;

/** Takes a script that nothing is wrong with. `text`: as the field keeps it, `value`: as it was given. */
export async function setScript(
  { checkScript }: Pick<Model, 'checkScript'>,
  open: OpenRow,
  field: string,
  value: string,
  text: string,
): Promise<ModelFaults> {
  const { problems } = await checkScript(text);
  if (problems.length === 0) open.draft.set(open.row, field, text);
  return scriptFaults(problems, value).map(({ fault, within }) => ({ ...fault, within, argument: 0 }));
}

export type ScriptFault = {
  readonly problem: ScriptProblem;
  readonly fault: ModelFault;
  /** In the text as it was written. */
  readonly within: Stretch;
};

export function scriptFaults(problems: readonly ScriptProblem[], written: string): readonly ScriptFault[] {
  return problems.slice(0, mostProblems).map((problem) => ({
    problem,
    fault: faultOf(problem),
    within: stretchOf(written, problem),
  }));
}

function faultOf({ line, column, message, found, expected }: ScriptProblem): ModelFault {
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
