import type { Table } from '../../../schemas/table.ts';
import { canRead, unreadable } from '../../model/permission.ts';
import { done, type Faults } from '../faults/problem.ts';
import { defineVerb } from '../language/verb.ts';
import { pathTarget } from '../printing/path-target.ts';
import { treeData, treeLines } from '../printing/tree.ts';
import { pathKeySuggestions } from '../typing/suggestion.ts';
import { resolveBranch } from '../words/resolve.ts';

export default defineVerb({
  verb: 'tree',
  help: 'Print what can be configured: tables, fields, types, ranges',
  levels: ['root', 'table', 'row', 'singleton'],
  suggest: (position, words, prefix) =>
    pathKeySuggestions(position, words, prefix).filter(({ highlight }) => highlight === 'path'),
  run(context, { path }) {
    const { levels, print } = context;
    const { catalogue } = context.model;
    const show = (tables: readonly Table[]): Faults => {
      print({ lines: treeLines(tables), data: () => tables.map(treeData) });
      return done;
    };
    const branch = levels.depth === 0 ? resolveBranch(catalogue, path) : undefined;
    if (branch !== undefined) {
      const readable = branch.filter((table) => canRead(context.model, table));
      const [first] = branch;
      const forbidden =
        readable.length > 0 || first === undefined ? undefined : unreadable(context.model, first);
      return forbidden === undefined || path.length === 0 ? show(readable) : [forbidden];
    }
    const target = pathTarget(context, path);
    if ('fault' in target) return [target.fault];
    return show(target.focus === undefined ? [] : [target.focus.table]);
  },
});
