import { canRead } from '../../model/permission.ts';
import { describeRow, tableOfRow } from '../../model/rows/describe-row.ts';
import { done, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { pathTarget } from '../printing/path-target.ts';
import { pathKeySuggestions } from '../typing/suggestion.ts';
import { after } from '../words/resolve.ts';

export default {
  verb: 'diagnose',
  words: ['config', 'used-by'],
  parameters: '<path> <key>',
  help: 'Show every field that refers to an entry',
  requires: 'by-table',
  api: 'reads',
  suggest: (position, words, prefix) => pathKeySuggestions(position, words, prefix),
  run(context, parameters): Faults {
    const { levels } = context;
    const { catalogue } = context.model;
    const target = pathTarget(context, parameters);
    if ('fault' in target) return [target.fault];
    const [row] = target.focus?.rows ?? [];
    if (row === undefined) {
      const last = parameters.at(-1);
      return [
        {
          error: 'incomplete',
          word: '',
          span: last && after(last),
          expected: 'the path of a table and a key',
        },
      ];
    }
    const { view } = levels;
    const uses = view
      .users(row)
      .filter((use) => canRead(context.model, tableOfRow(catalogue, view, use.row)))
      .map((use) => ({ entry: describeRow(catalogue, view, use.row), field: use.field }));
    const lines = uses.map(({ entry, field }) => `${entry} (${field})`);
    context.print({ lines: lines.length === 0 ? ['nothing refers to it'] : lines, data: () => uses });
    return done;
  },
} satisfies Operation;
