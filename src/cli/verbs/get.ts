import { done } from '../context.ts';
import { getRow, getTable } from '../get.ts';
import { pathTarget } from '../path-target.ts';
import { defineVerb } from '../verb.ts';

export default defineVerb({
  verb: 'get',
  help: 'Print values, defaults included',
  levels: ['root', 'table', 'row', 'singleton'],
  run(context, { path }) {
    const { catalogue, levels, print } = context;
    const { view } = levels;
    const target = pathTarget(context, path);
    if ('fault' in target) return [target.fault];
    const { top, focus } = target;
    if (top === undefined || focus === undefined) {
      for (const { id } of catalogue.tables) print(id);
      return done;
    }
    const { table, rows } = focus;
    const inTable = levels.kind === 'root' ? rows.length === 0 : levels.kind === 'table';
    const last = rows.at(-1);
    const lines = inTable
      ? getTable(view, table, last ?? null)
      : getRow(view, table, last === undefined ? undefined : view.row(last));
    for (const line of lines) print(line);
    return done;
  },
});
