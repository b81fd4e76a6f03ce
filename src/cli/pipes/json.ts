import { jsonLines } from '../printing/lines/json-lines.ts';
import { noParameters, type Pipe } from '../printing/pipe.ts';

export default {
  name: 'json',
  parameters: '',
  help: 'Print as JSON',
  prepare(parameters) {
    const fault = noParameters(parameters);
    if (fault !== undefined) return { fault };
    return {
      filter: (input) => ({ ...input, lines: jsonLines(input.data()) }),
    };
  },
} satisfies Pipe;
