import { canRead } from '../../model/permission.ts';
import { done } from '../faults/problem.ts';
import {
  namedOperation,
  operationSuggestions,
  operationWords,
  runOperation,
} from '../language/operations.ts';
import { defineVerb } from '../language/verb.ts';
import { tableData } from '../printing/data.ts';
import { getRow, getTable } from '../printing/get.ts';
import { printedLines } from '../printing/lines/printed.ts';
import { pathTarget } from '../printing/path-target.ts';
import { pathKeySuggestions } from '../typing/suggestion.ts';

export default defineVerb({
  verb: 'get',
  help: 'Print values, defaults included',
  levels: ['root', 'table', 'row', 'singleton'],
  suggest(position, words, prefix, operations) {
    const tables = pathKeySuggestions(position, words, prefix);
    const others = new Map(
      operationSuggestions(position, operations(), 'get', words, prefix).map((other) => [other.word, other]),
    );
    // A branch may hold tables and operations.
    const merged = tables.map((branch) => {
      if (!others.delete(branch.word)) return branch;
      const further = operationWords(operations(), 'get', [...words.map(({ text }) => text), branch.word]);
      return { ...branch, help: [branch.help, ...further].join(', ') };
    });
    return [...merged, ...others.values()];
  },
  run(context, { path, span }, operations) {
    const { levels, model, print } = context;
    if (namedOperation(operations(), 'get', path) !== undefined) {
      return runOperation(context, operations(), 'get', path, span);
    }
    const { view } = levels;
    const target = pathTarget(context, path, (known) => operationWords(operations(), 'get', known));
    if ('fault' in target) return [target.fault];
    const { top, focus } = target;
    if (top === undefined || focus === undefined) {
      print(
        printedLines(model.catalogue.tables.filter((table) => canRead(model, table)).map(({ id }) => id)),
      );
      return done;
    }
    const { table, rows } = focus;
    const inTable = path.length > 0 || levels.kind === 'root' ? rows.length === 0 : levels.kind === 'table';
    const last = rows.at(-1);
    if (inTable && table.key !== undefined) {
      const parent = last ?? null;
      const lines = getTable(view, table, parent);
      print({ lines, data: () => view.rows(table.id, parent).map(({ key }) => key) });
    } else {
      const id = last ?? view.find(table.id, null, '');
      const lines = getRow(view, table, id === undefined ? undefined : view.row(id));
      print({ lines, data: () => tableData(view, top, { full: true, conceals: true }, focus) });
    }
    return done;
  },
});
