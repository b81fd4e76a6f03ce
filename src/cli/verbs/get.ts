import { canRead } from '../faults/permission.ts';
import {
  namedOperation,
  operationSuggestions,
  operationWords,
  runOperation,
} from '../language/operations.ts';
import { defineVerb } from '../language/verb.ts';
import { tableData } from '../printing/data.ts';
import { getRow, getTable } from '../printing/get.ts';
import { pathTarget } from '../printing/path-target.ts';
import { printedLines } from '../printing/printed.ts';
import { done } from '../session/context.ts';
import { placeSuggestions } from '../typing/suggestion.ts';

export default defineVerb({
  verb: 'get',
  help: 'Print values, defaults included',
  levels: ['root', 'table', 'row', 'singleton'],
  pipes: true,
  suggest(place, words, prefix) {
    const tables = placeSuggestions(place, words, prefix);
    if (place.levels.kind !== 'root') return tables;
    const others = new Map(
      operationSuggestions(place, 'get', words, prefix).map((other) => [other.word, other]),
    );
    // A branch may hold tables and operations.
    const merged = tables.map((branch) => {
      if (!others.delete(branch.word)) return branch;
      const operations = operationWords(place, 'get', [...words.map(({ text }) => text), branch.word]);
      return { ...branch, help: [branch.help, ...operations].join(', ') };
    });
    return [...merged, ...others.values()];
  },
  run(context, { path, span }) {
    const { catalogue, levels, print } = context;
    if (levels.kind === 'root' && namedOperation(context, 'get', path) !== undefined) {
      return runOperation(context, 'get', path, span);
    }
    const { view } = levels;
    const target = pathTarget(context, path, (known) => operationWords(context, 'get', known));
    if ('fault' in target) return [target.fault];
    const { top, focus } = target;
    if (top === undefined || focus === undefined) {
      print(printedLines(catalogue.tables.filter((table) => canRead(context, table)).map(({ id }) => id)));
      return done;
    }
    const { table, rows } = focus;
    const inTable = levels.kind === 'root' ? rows.length === 0 : levels.kind === 'table';
    const last = rows.at(-1);
    if (inTable && table.key !== undefined) {
      const parent = last ?? null;
      const lines = getTable(view, table, parent);
      print({ lines, data: () => view.rows(table.id, parent).map(({ key }) => key) });
    } else {
      const id = last ?? view.find(table.id, null, '');
      const lines = getRow(view, table, id === undefined ? undefined : view.row(id));
      print({ lines, data: () => tableData(view, top, { full: true }, focus) });
    }
    return done;
  },
});
