import type { Table } from '../../../schemas/table.ts';
import { canRead } from '../../model/permission.ts';
import type { View } from '../../store/view.ts';
import { done } from '../faults/problem.ts';
import { defineVerb } from '../language/verb.ts';
import { tableData } from '../printing/data.ts';
import { pathTarget } from '../printing/path-target.ts';
import { hasContent, type ShowOptions, showTable } from '../printing/show.ts';
import { choices, pathKeySuggestions } from '../typing/suggestion.ts';

const full = 'full-configuration';

export default defineVerb({
  verb: 'show',
  help: 'Print the configuration as commands that can be entered again',
  levels: ['root', 'table', 'row', 'singleton'],
  suggest(position, words, prefix) {
    const [first, ...rest] = words;
    const isFull = first !== undefined && !first.quoted && first.text !== '' && full.startsWith(first.text);
    const path = pathKeySuggestions(position, isFull ? rest : words, prefix);
    return words.length > 0
      ? path
      : [...path, ...choices({ [full]: 'Every field, defaults included' }, 'path')];
  },
  run(context, statement) {
    const { levels, print } = context;
    const { catalogue } = context.model;
    const target = pathTarget(context, statement.path);
    if ('fault' in target) return [target.fault];
    const { top, focus } = target;
    const { view } = levels;
    const options = { full: statement.full };
    if (top !== undefined) {
      const lines = showTable(view, top, options, focus);
      print({ lines, data: () => ({ [top.id]: tableData(view, top, options, focus) }) });
      return done;
    }
    const tables = catalogue.tables.filter(
      (table) => canRead(context.model, table) && hasContent(view, table, options),
    );
    print({
      lines: everyTable(view, tables, options),
      data: () => Object.fromEntries(tables.map((table) => [table.id, tableData(view, table, options)])),
    });
    return done;
  },
});

function* everyTable(view: View, tables: readonly Table[], options: ShowOptions): Generator<string> {
  for (const table of tables) yield* showTable(view, table, options);
}
