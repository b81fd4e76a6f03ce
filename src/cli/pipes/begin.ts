import { type Lines, printedLines } from '../printing/lines/printed.ts';
import { noParameters, type Pipe, patternParameter } from '../printing/pipe.ts';

export default {
  name: 'begin',
  parameters: '<pattern>',
  help: 'Print from the first line that matches on',
  prepare([pattern, ...extra], { span }) {
    if (pattern === undefined)
      return { fault: { error: 'incomplete', word: '', span, expected: 'a pattern' } };
    const fault = noParameters(extra);
    if (fault !== undefined) return { fault };
    const expression = patternParameter(pattern, false);
    if ('error' in expression) return { fault: expression };
    return {
      filter: (input) => ({ ...input, ...printedLines(from(input.lines, expression.matcher())) }),
    };
  },
} satisfies Pipe;

function* from(lines: Lines, matches: (line: string) => boolean): Generator<string | undefined, void> {
  let hasBegun = false;
  for (const line of lines) {
    hasBegun ||= line !== undefined && matches(line);
    yield hasBegun ? line : undefined;
  }
}
