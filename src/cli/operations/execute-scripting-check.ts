import { readsFiles } from '../../access/permissions.ts';
import { counted } from '../../text/plural.ts';
import type { Faults } from '../faults/problem.ts';
import { done, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { readScriptFile } from '../operands/script-file.ts';
import { hint } from '../typing/suggestion.ts';

export default {
  verb: 'execute',
  words: ['scripting', 'check'],
  parameters: '<file>',
  help: 'Say what is wrong with a script in a file of yours, and keep nothing of it',
  requires: { area: 'traroutegrp', access: 'r' },
  api: 'console',
  files: readsFiles,
  suggest: (_place, { length }) =>
    length === 0 ? [hint('<file>', 'Where the text is, on the machine where you type')] : [],
  async run(context, [file, extra]): Promise<Faults> {
    if (file === undefined)
      return [{ error: 'incomplete', word: '', expected: 'the file that holds the text' }];
    if (extra !== undefined) return [superfluous(extra)];
    const script = await readScriptFile(context, file);
    if ('faults' in script) return script.faults;
    const { text: name } = file;
    const { warnings } = script;
    const lines = warnings.map(
      ({ line, column, message }) => `${name}:${line}:${column}: warning: ${message}`,
    );
    const count = warnings.length === 0 ? '' : `, ${counted(warnings.length, 'warning')}`;
    context.print({
      lines: [...lines, `${name}: nothing is wrong${count}`],
      data: () => ({ file: name, errors: 0, warnings }),
    });
    return done;
  },
} satisfies Operation;
