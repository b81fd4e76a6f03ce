import { counted } from '../printing/lines/counted.ts';
import { noParameters, type Pipe } from '../printing/pipe.ts';

export default {
  name: 'count',
  parameters: '',
  help: 'Print how many lines there are',
  prepare(parameters) {
    const fault = noParameters(parameters);
    if (fault !== undefined) return { fault };
    return {
      filter: (input) => ({ ...input, ...counted(input.lines) }),
    };
  },
} satisfies Pipe;
