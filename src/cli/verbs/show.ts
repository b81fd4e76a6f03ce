import { done } from '../context.ts';
import { pathTarget } from '../path-target.ts';
import { hasContent, showTable } from '../show.ts';
import { defineVerb } from '../verb.ts';

export default defineVerb({
  verb: 'show',
  help: 'Print the configuration as commands that can be entered again',
  levels: ['root', 'table', 'row', 'singleton'],
  run(context, { path, full }) {
    const { catalogue, levels, print } = context;
    const target = pathTarget(context, path);
    if ('fault' in target) return [target.fault];
    const { top, focus } = target;
    const tables =
      top === undefined
        ? catalogue.tables.filter((table) => hasContent(levels.view, table, { full }))
        : [top];
    for (const table of tables) {
      for (const line of showTable(levels.view, table, { full }, focus)) print(line);
    }
    return done;
  },
});
