import type { Word } from '../../../grammar/statement.ts';
import type { Table } from '../../../schemas/table.ts';
import { missingEnd, stepsOut } from '../batch/recovery.ts';
import { closedTo } from '../faults/permission.ts';
import { superfluous } from '../faults/problem.ts';
import { resolvePath, resolvePathWord } from '../faults/resolve.ts';
import { defineVerb } from '../language/verb.ts';
import { type Context, done, type Faults } from '../session/context.ts';
import { pathSuggestions, subTableSuggestions } from '../typing/suggestion.ts';

export default defineVerb({
  verb: 'config',
  help: 'Enter a table or a singleton',
  levels: ['root', 'row', 'singleton'],
  suggest(place, words) {
    const open = place.levels.row;
    if (open !== undefined) return words.length === 0 ? subTableSuggestions(open.table) : [];
    const path = pathSuggestions(place, words);
    return 'suggestions' in path ? path.suggestions : [];
  },
  run(context, statement) {
    const { path } = statement;
    const { levels, catalogue } = context;
    const open = levels.row;
    if (open === undefined) {
      const resolved = resolvePath(catalogue, path);
      if ('fault' in resolved) return [resolved.fault];
      const { table, rest } = resolved.found;
      const forbidden = closedTo(context, table, path.at(-1)?.span);
      return forbidden === undefined ? (tooMany(rest) ?? enter(context, table, null)) : [forbidden];
    }
    const [name, ...rest] = path;
    if (name === undefined) return done;
    if (stepsOut(catalogue, levels, statement)) return [missingEnd(statement)];
    const names = [...open.table.tables.keys()];
    const expected = names.length === 0 ? `no sub-table: ${open.table.name} has none` : names.join(', ');
    const resolved = resolvePathWord(name, names, expected);
    if ('fault' in resolved) return [resolved.fault];
    const table = open.table.tables.get(resolved.found);
    return tooMany(rest) ?? (table === undefined ? done : enter(context, table, open.row));
  },
});

function tooMany([word]: readonly Word[]): Faults | undefined {
  return word === undefined ? undefined : [superfluous(word)];
}

function enter({ levels }: Context, table: Table, parent: number | null): Faults {
  if (table.key !== undefined) {
    levels.openTable(table, parent);
    return done;
  }
  const draft = levels.draft();
  const known = draft.find(table.id, parent, '');
  if (known !== undefined) draft.open(known);
  levels.openRow(table, known ?? draft.create(table.id, parent, ''), draft);
  return done;
}
