import { readsFiles } from '../../access/permissions.ts';
import { close } from '../../model/changes/close.ts';
import { edit } from '../../model/changes/edit.ts';
import { set } from '../../model/changes/set.ts';
import { Draft } from '../../store/draft.ts';
import { quote } from '../../text/quote.ts';
import type { Faults } from '../faults/problem.ts';
import { superfluous } from '../faults/problem.ts';
import { spanned } from '../faults/spanned.ts';
import type { Operation } from '../language/operation.ts';
import { readScriptFile, scriptTable } from '../operands/script-file.ts';
import { hint, keySuggestions } from '../typing/suggestion.ts';
import { after } from '../words/resolve.ts';

export default {
  verb: 'execute',
  words: ['scripting', 'load'],
  parameters: '<name> <file>',
  help: 'Make a file of yours a script, in place of the one of that name',
  requires: { area: 'traroutegrp', access: 'w' },
  api: 'console',
  files: readsFiles,
  suggest(position, { length }, prefix) {
    const { table } = scriptTable(position.model);
    if (length === 0) {
      const names = keySuggestions(position.levels.view, table, null, prefix);
      return [hint('<name>', 'A new script, or one of these'), ...names];
    }
    return length === 1 ? [hint('<file>', 'Where the text is, on the machine where you type')] : [];
  },
  async run(context, [name, file, extra]): Promise<Faults> {
    const { table, field } = scriptTable(context.model);
    if (name === undefined)
      return [{ error: 'incomplete', word: '', expected: 'the name of a script and a file' }];
    if (file === undefined) {
      return [{ error: 'incomplete', word: '', span: after(name), expected: 'the file that holds the text' }];
    }
    if (extra !== undefined) return [superfluous(extra)];
    const { levels, model, changes, person } = context;
    const draft = new Draft(levels.view);
    const edited = edit(model, draft, { table, parent: null }, name.text);
    if ('fault' in edited) return spanned([edited.fault], { key: name });
    const script = await readScriptFile(context, file);
    if ('faults' in script) return script.faults;
    const wrong = await set(model, edited.opened, field.name, [script.text]);
    if (wrong.length > 0) return spanned(wrong, {});
    close(model, edited.opened, draft);
    const { faults } = await changes.commit(draft);
    if (faults.length === 0) {
      person?.remark(`${edited.isNew ? 'created' : 'replaced'} ${table.id} ${quote(edited.key)}`);
    }
    return faults;
  },
} satisfies Operation;
