import { noParameters, type Pipe } from '../printing/pipe.ts';

export default {
  name: 'count',
  parameters: '',
  help: 'Print how many lines there are',
  prepare(parameters) {
    const fault = noParameters(parameters);
    if (fault !== undefined) return { fault };
    return {
      filter: (input) => {
        let count = 0;
        for (const _ of input.lines) count += 1;
        return { ...input, lines: [String(count)], data: () => count };
      },
    };
  },
} satisfies Pipe;
