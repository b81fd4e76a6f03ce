import type { Word } from '../../../grammar/word.ts';
import type { RowId } from '../../../schemas/content.ts';
import type { Table } from '../../../schemas/table.ts';
import { closedTo } from '../../model/permission.ts';
import { openSingleton } from '../../model/rows/open-row.ts';
import { missingEnd, stepsOut } from '../batch/recovery.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import { defineVerb } from '../language/verb.ts';
import type { Levels } from '../session/levels.ts';
import { pathSuggestions, subTableSuggestions } from '../typing/suggestion.ts';
import { resolvePath, resolvePathWord } from '../words/resolve.ts';

export default defineVerb({
  verb: 'config',
  alsoCalled: ['configure'],
  help: 'Enter a table or a singleton',
  levels: ['root', 'row', 'singleton'],
  suggest(position, words) {
    const open = position.levels.row;
    if (open !== undefined) return words.length === 0 ? subTableSuggestions(open.table) : [];
    const path = pathSuggestions(position.model, words);
    return 'suggestions' in path ? path.suggestions : [];
  },
  run({ levels, model }, statement) {
    const { catalogue } = model;
    const { path } = statement;
    const open = levels.row;
    if (open === undefined) {
      const resolved = resolvePath(catalogue, path);
      if ('fault' in resolved) return [resolved.fault];
      const { table, rest } = resolved.found;
      const forbidden = closedTo(model, table);
      if (forbidden !== undefined) return [{ ...forbidden, span: path.at(-1)?.span }];
      return tooMany(rest) ?? enter(levels, table, null);
    }
    const [name, ...rest] = path;
    if (name === undefined) return done;
    if (stepsOut(catalogue, levels, statement)) return [missingEnd(statement)];
    const names = [...open.table.tables.keys()];
    const expected = names.length === 0 ? `no sub-table: ${open.table.name} has none` : names.join(', ');
    const resolved = resolvePathWord(name, names, expected);
    if ('fault' in resolved) return [resolved.fault];
    const table = open.table.tables.get(resolved.found);
    return tooMany(rest) ?? (table === undefined ? done : enter(levels, table, open.row));
  },
});

function tooMany([word]: readonly Word[]): Faults | undefined {
  return word === undefined ? undefined : [superfluous(word)];
}

function enter(levels: Levels, table: Table, parent: RowId | null): Faults {
  if (table.key !== undefined) levels.openTable({ table, parent });
  else levels.openRow(openSingleton(levels.view, table, parent));
  return done;
}
