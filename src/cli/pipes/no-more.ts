import { noParameters, type Pipe } from '../printing/pipe.ts';

export default {
  name: 'no-more',
  parameters: '',
  help: 'Print without stopping at each screenful',
  prepare(parameters) {
    const fault = noParameters(parameters);
    return fault === undefined ? { filter: (input) => ({ ...input, unpaged: true }) } : { fault };
  },
} satisfies Pipe;
