import { noParameters, type Pipe } from '../printing/pipe.ts';

export default {
  name: 'save',
  parameters: '<file>',
  help: 'Write to a file instead, where this shell runs',
  prepare([file, ...extra], { span }) {
    if (file === undefined || file.text === '') {
      return { fault: { error: 'incomplete', word: '', span, expected: 'the name of a file' } };
    }
    const fault = noParameters(extra);
    return fault === undefined ? { filter: (input) => ({ ...input, file: file.text }) } : { fault };
  },
} satisfies Pipe;
