import { noParameters, type Pipe } from '../printing/pipe.ts';

export default {
  name: 'raw',
  parameters: '',
  help: 'Print log records as the lines that were written',
  prepare(parameters) {
    const fault = noParameters(parameters);
    return fault === undefined ? { filter: (input) => ({ ...input, screen: undefined }) } : { fault };
  },
} satisfies Pipe;
