import { Draft } from '../../store/draft.ts';
import { quote } from '../../text/quote.ts';
import { superfluous } from '../faults/problem.ts';
import { after } from '../faults/resolve.ts';
import type { Operation } from '../language/operation.ts';
import { keyFault } from '../rows/keys.ts';
import { readScriptFile, scriptTable } from '../rows/script-file.ts';
import type { Faults } from '../session/context.ts';
import { hint, keySuggestions } from '../typing/suggestion.ts';

export default {
  verb: 'execute',
  words: ['scripting', 'load'],
  parameters: '<name> <file>',
  help: 'Make a file of yours a script, in place of the one of that name',
  requires: { area: 'traroutegrp', access: 'w' },
  suggest(place, { length }, prefix) {
    const { table } = scriptTable(place);
    if (length === 0) {
      const names = keySuggestions(place.levels.view, table, null, prefix);
      return [hint('<name>', 'A new script, or one of these'), ...names];
    }
    return length === 1 ? [hint('<file>', 'Where the text is, on the machine where you type')] : [];
  },
  async run(context, [name, file, extra]): Promise<Faults> {
    const { table, field } = scriptTable(context);
    if (name === undefined)
      return [{ error: 'incomplete', word: '', expected: 'the name of a script and a file' }];
    if (file === undefined) {
      return [{ error: 'incomplete', word: '', span: after(name), expected: 'the file that holds the text' }];
    }
    if (extra !== undefined) return [superfluous(extra)];
    const reading = table.readKey(name.text);
    if ('fault' in reading) return [keyFault(reading, name)];
    const script = await readScriptFile(context, file);
    if ('faults' in script) return script.faults;
    const draft = new Draft(context.levels.view);
    const known = draft.find(table.id, null, reading.key);
    draft.set(known ?? draft.create(table.id, null, reading.key), field.name, script.text);
    const faults = await context.commit(draft);
    if (faults.length === 0) {
      context.remark(`${known === undefined ? 'created' : 'replaced'} ${table.id} ${quote(reading.key)}`);
    }
    return faults;
  },
} satisfies Operation;
