import { writesFiles } from '../../access/permissions.ts';
import { noParameters, type Pipe } from '../printing/pipe.ts';

export default {
  name: 'save',
  parameters: '<file> [overwrite]',
  help: 'Write to a file instead, where this shell runs',
  requires: writesFiles,
  prepare([file, ...more], { span }) {
    if (file === undefined || file.text === '') {
      return { fault: { error: 'incomplete', word: '', span, expected: 'the name of a file' } };
    }
    const overwrite = more[0]?.text === 'overwrite';
    const fault = noParameters(overwrite ? more.slice(1) : more);
    const saved = { name: file.text, overwrite };
    return fault === undefined ? { filter: (input) => ({ ...input, file: saved }) } : { fault };
  },
} satisfies Pipe;
