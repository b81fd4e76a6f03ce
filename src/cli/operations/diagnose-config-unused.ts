import type { Catalogue } from '../../../schemas/catalogue.ts';
import type { Table } from '../../../schemas/table.ts';
import { canRead } from '../../model/permission.ts';
import { describeRow } from '../../model/rows/describe-row.ts';
import type { Row, View } from '../../store/view.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';

export default {
  verb: 'diagnose',
  words: ['config', 'unused'],
  parameters: '',
  help: 'Show every entry that could be referred to and is not',
  requires: 'by-table',
  api: 'reads',
  suggest: () => [],
  run(context, [extra]): Faults {
    const { levels, print } = context;
    const { catalogue } = context.model;
    if (extra !== undefined) return [superfluous(extra)];
    const { view } = levels;
    const tables = catalogue.tables.filter(
      (table) => catalogue.isReferredTo(table) && canRead(context.model, table),
    );
    print({
      lines: unusedLines(catalogue, view, tables),
      data: () =>
        [...unusedRows(view, tables)]
          .filter((row) => row !== undefined)
          .map(({ table, key }) => ({ path: table, name: key })),
    });
    return done;
  },
} satisfies Operation;

function* unusedLines(
  catalogue: Catalogue,
  view: View,
  tables: readonly Table[],
): Generator<string | undefined, void> {
  let isAny = false;
  for (const row of unusedRows(view, tables)) {
    isAny ||= row !== undefined;
    yield row && describeRow(catalogue, view, row.id);
  }
  if (!isAny) yield 'every entry is in use';
}

/** Undefined for each row that is in use: it takes a while to look at many. */
function* unusedRows(view: View, tables: readonly Table[]): Generator<Row | undefined, void> {
  for (const table of tables) {
    for (const row of view.eachRow(table.id, null)) {
      yield row.predefined || view.users(row.id).length > 0 ? undefined : row;
    }
  }
}
