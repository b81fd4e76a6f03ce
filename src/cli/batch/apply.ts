import { type Commit, commit } from '../../model/changes/commit.ts';
import { ownLosses } from '../../model/changes/own-losses.ts';
import type { Model } from '../../model/model.ts';
import type { Draft } from '../../store/draft.ts';
import type { CommitOptions } from '../../system/configuration.ts';
import { nothingChanged, warningOf } from '../session/messages.ts';
import type { BatchReport } from './batch-report.ts';
import { changedEntries, whatWasDone } from './what-was-done.ts';

/** Commits what a batch makes, and tells what its author should know of it. `isWhole`: it is to be all there is. */
export async function apply(
  model: Model,
  draft: Draft,
  options: CommitOptions,
  isWhole: boolean,
  report: BatchReport,
): Promise<Pick<Commit, 'revision' | 'faults'>> {
  const losses = ownLosses(model, draft);
  const entries = report.tellsWhatWasDone ? changedEntries(draft) : undefined;
  const { revision, faults, notices, applied } = commit(model, draft, options);
  if (faults.length === 0) warn(losses, report);
  if (revision === null && faults.length === 0 && (isWhole || !draft.isIdle)) report.notice(nothingChanged);
  for (const notice of [...notices, ...(await applied)]) report.notice(notice);
  if (typeof revision === 'number' && entries !== undefined) report.done(whatWasDone(entries, revision));
  return { revision, faults };
}

/** Tells what `apply` would tell of what a batch makes, and there is nothing against. */
export function tellNotices(model: Model, draft: Draft, report: BatchReport): void {
  warn(ownLosses(model, draft), report);
  for (const notice of model.configuration.notices(draft)) report.notice(notice);
}

/** A batch has nobody to ask. */
function warn(losses: readonly string[], report: BatchReport): void {
  for (const loss of losses) report.notice(warningOf(loss));
}
