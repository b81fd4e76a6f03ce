import { noParameters, type Pipe, patternParameter } from '../printing/pipe.ts';
import { printedLines } from '../printing/printed.ts';

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
      filter: (input) => {
        const lines = [...input.lines];
        const start = lines.findIndex(expression.matcher());
        return { ...input, ...printedLines(start < 0 ? [] : lines.slice(start)) };
      },
    };
  },
} satisfies Pipe;
