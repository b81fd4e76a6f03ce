import { differencesFor } from '../../cli/printing/differences/compared.ts';
import { differenceOf } from '../../cli/printing/differences/difference.ts';
import { differenceData } from '../../cli/printing/differences/difference-lines.ts';
import { warningOf } from '../../cli/session/messages.ts';
import { entriesBeyond } from '../../cli/session/settings/limits.ts';
import { type CommitFault, check, commit } from '../../model/changes/commit.ts';
import { ownLosses } from '../../model/changes/own-losses.ts';
import { describeRow } from '../../model/rows/describe-row.ts';
import type { Draft } from '../../store/draft.ts';
import { type ApiAnswer, errorOf, refused } from '../answer.ts';
import type { Work } from '../work.ts';

/** What became of a change; `isDry`: what would. */
export async function finish(work: Work, draft: Draft, isDry: boolean): Promise<ApiAnswer> {
  const { model, transaction, entries } = work;
  const { catalogue } = model;
  const { configuration } = model;
  const share = entries.open();
  try {
    const beyond = share.hold(draft.size + (transaction?.draft.size ?? 0));
    if (beyond !== undefined) {
      const expected = entriesBeyond(beyond, entries.limits);
      return refused([errorOf({ error: 'beyond-limit', word: 'the request', expected }, { path: [] })]);
    }
  } finally {
    share.hold(0);
  }
  const changed = differenceOf(catalogue, draft, () => true).length > 0;
  const changes = differenceData({ before: draft.base, after: draft }, differencesFor(model, draft));
  const losses = transaction === undefined ? ownLosses(model, draft).map(warningOf) : [];
  const of = transaction === undefined ? {} : { transaction: transaction.id };
  if (isDry) {
    const faults = check(model, draft);
    if (faults.length > 0) return refusedBy(work, draft, faults);
    const notices = [...losses, ...configuration.notices(draft)];
    const { revision } = configuration.view;
    return { status: 200, data: { changed, dryRun: true, revision, ...of, changes, notices, pending: [] } };
  }
  const { faults, notices, applied } = commit(model, draft);
  if (faults.length > 0) return refusedBy(work, draft, faults);
  // Others may have committed something by the time at which it is applied.
  const { revision } = configuration.view;
  // The workers run it from here on, but for what is told.
  const pending = await applied;
  const data = {
    changed,
    dryRun: false,
    revision,
    ...of,
    changes,
    notices: [...losses, ...notices],
    pending,
  };
  return { status: pending.length === 0 ? 200 : 202, data };
}

function refusedBy({ model: { catalogue } }: Work, draft: Draft, faults: readonly CommitFault[]): ApiAnswer {
  return refused(
    faults.map(({ row, ...fault }) =>
      errorOf(fault, { path: row === undefined ? [] : [describeRow(catalogue, draft, row)] }),
    ),
  );
}
