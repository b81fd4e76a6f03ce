import type { Row } from '../../store/view.ts';
import { canRead } from '../faults/permission.ts';
import { superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { describeRow } from '../printing/describe-row.ts';
import { done, type Faults } from '../session/context.ts';

export default {
  verb: 'diagnose',
  words: ['config', 'unused'],
  parameters: '',
  help: 'Show every entry that could be referred to and is not',
  requires: 'by-table',
  suggest: () => [],
  run(context, [extra]): Faults {
    const { catalogue, levels, print } = context;
    if (extra !== undefined) return [superfluous(extra)];
    const { view } = levels;
    const isUnused = (row: Row): boolean => !row.predefined && view.users(row.id).length === 0;
    const found = catalogue.tables
      .filter((table) => catalogue.isReferredTo(table) && canRead(context, table))
      .flatMap((table) => view.rows(table.id, null).filter(isUnused))
      .map((row) => ({ path: row.table, name: row.key, entry: describeRow(catalogue, view, row.id) }));
    const lines = found.map(({ entry }) => entry);
    print({
      lines: lines.length === 0 ? ['every entry is in use'] : lines,
      data: () => found.map(({ path, name }) => ({ path, name })),
    });
    return done;
  },
} satisfies Operation;
