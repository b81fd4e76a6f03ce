import { countParameter, type Pipe } from '../printing/pipe.ts';
import { printedLines } from '../printing/printed.ts';

export default {
  name: 'tail',
  parameters: '[<lines>]',
  help: 'Print the last lines (default 10)',
  prepare(parameters) {
    const count = countParameter(parameters, 10);
    if (typeof count !== 'number') return { fault: count };
    return {
      filter: (input) => {
        const lines = [...input.lines];
        return { ...input, ...printedLines(lines.slice(Math.max(0, lines.length - count))) };
      },
    };
  },
} satisfies Pipe;
