import { canRead } from '../../model/permission.ts';
import { describeRow } from '../../model/rows/describe-row.ts';
import type { Row } from '../../store/view.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';

export default {
  verb: 'diagnose',
  words: ['config', 'unused'],
  parameters: '',
  help: 'Show every entry that could be referred to and is not',
  requires: 'by-table',
  suggest: () => [],
  run(context, [extra]): Faults {
    const { levels, print } = context;
    const { catalogue } = context.model;
    if (extra !== undefined) return [superfluous(extra)];
    const { view } = levels;
    const isUnused = (row: Row): boolean => !row.predefined && view.users(row.id).length === 0;
    const found = catalogue.tables
      .filter((table) => catalogue.isReferredTo(table) && canRead(context.model, table))
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
