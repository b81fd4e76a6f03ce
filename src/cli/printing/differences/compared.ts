import type { RowId } from '../../../../schemas/content.ts';
import type { Table } from '../../../../schemas/table.ts';
import type { Model } from '../../../model/model.ts';
import { canRead } from '../../../model/permission.ts';
import type { Draft } from '../../../store/draft.ts';
import type { Configuration } from '../../../system/configuration.ts';
import { atOnce, type Steps } from '../../../time/time-slice.ts';
import type { Printed } from '../lines/printed.ts';
import { differenceOf, type TableDifference } from './difference.ts';
import { commandLines, comparedLines, differenceData } from './difference-lines.ts';

/** What is looked at: one table, or one row of it; without it all of the configuration. */
export type Part = { readonly table: Table; readonly row?: RowId | undefined };

/** What makes the difference between two revisions: a draft over the first. */
export function* between(configuration: Configuration, from: number, to: number): Steps<Draft> {
  const { past } = yield* configuration.present.to(from);
  const { draft } = yield* past.to(to);
  return draft;
}

/** What a draft changes of the configuration below it, as far as its reader may see it. */
export function differencesFor(model: Model, draft: Draft, part?: Part): readonly TableDifference[] {
  const isShown = (table: Table): boolean =>
    canRead(model, table) && (part === undefined || part.table === table);
  return differenceOf(model.catalogue, draft, isShown, part?.row);
}

const hiddenDiffers = 'nothing differs in what your access profile shows';

/** Whether a draft changes something that its reader may not see. */
function hasHidden({ catalogue }: Model, draft: Draft, part?: Part): boolean {
  return part === undefined && differenceOf(catalogue, draft, () => true).length > 0;
}

/** What a draft changes: as lines that go and come, as commands, and as data. It is made in steps when it is asked for. */
export function printedDifference(
  model: Model,
  make: () => Steps<Draft>,
  part?: Part,
): Required<Pick<Printed, 'lines' | 'data' | 'commands'>> {
  function* lines(): Generator<string | undefined> {
    const draft = yield* make();
    const differences = differencesFor(model, draft, part);
    if (differences.length === 0) yield hasHidden(model, draft, part) ? hiddenDiffers : 'nothing differs';
    else yield* comparedLines({ before: draft.base, after: draft }, differences);
  }
  function* commands(): Generator<string | undefined> {
    const draft = yield* make();
    yield* commandLines({ before: draft.base, after: draft }, differencesFor(model, draft, part));
  }
  const data = (): unknown => {
    const draft = atOnce(make());
    return differenceData({ before: draft.base, after: draft }, differencesFor(model, draft, part));
  };
  return { lines: lines(), commands, data };
}
