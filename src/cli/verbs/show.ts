import type { Table } from '../../../schemas/table.ts';
import type { View } from '../../store/view.ts';
import { canRead } from '../faults/permission.ts';
import { defineVerb } from '../language/verb.ts';
import { tableData } from '../printing/data.ts';
import { pathTarget } from '../printing/path-target.ts';
import { hasContent, type ShowOptions, showTable } from '../printing/show.ts';
import { done } from '../session/context.ts';
import { choices, placeSuggestions } from '../typing/suggestion.ts';

const full = 'full-configuration';

export default defineVerb({
  verb: 'show',
  help: 'Print the configuration as commands that can be entered again',
  levels: ['root', 'table', 'row', 'singleton'],
  pipes: true,
  suggest(place, words, prefix) {
    const [first, ...rest] = words;
    const isFull = first !== undefined && !first.quoted && first.text !== '' && full.startsWith(first.text);
    const path = placeSuggestions(place, isFull ? rest : words, prefix);
    return words.length > 0
      ? path
      : [...path, ...choices({ [full]: 'Every field, defaults included' }, 'path')];
  },
  run(context, statement) {
    const { catalogue, levels, print } = context;
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
      (table) => canRead(context, table) && hasContent(view, table, options),
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
