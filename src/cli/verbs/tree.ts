import type { Table } from '../../../schemas/table.ts';
import { done } from '../context.ts';
import { pathTarget } from '../path-target.ts';
import { canRead } from '../permission.ts';
import { placeSuggestions } from '../suggestion.ts';
import { treeData, treeLines } from '../tree.ts';
import { defineVerb } from '../verb.ts';

export default defineVerb({
  verb: 'tree',
  help: 'Print what can be configured: tables, fields, types, ranges',
  levels: ['root', 'table', 'row', 'singleton'],
  pipes: true,
  suggest: (place, words, prefix) =>
    placeSuggestions(place, words, prefix).filter(({ mark }) => mark === 'path'),
  run(context, { path }) {
    const target = pathTarget(context, path);
    if ('fault' in target) return [target.fault];
    const { focus } = target;
    const readable = context.catalogue.tables.filter((table) => canRead(context, table));
    const tables: readonly Table[] = focus === undefined ? readable : [focus.table];
    context.print({ lines: treeLines(tables), data: () => tables.map(treeData) });
    return done;
  },
});
