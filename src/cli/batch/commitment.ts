import { type CommitFault, check, leaveOutObjected } from '../../model/changes/commit.ts';
import type { Model } from '../../model/model.ts';
import { Draft } from '../../store/draft.ts';
import type { CommitOptions } from '../../system/configuration.ts';
import type { SourceText } from '../faults/problem.ts';
import { secretNames } from '../faults/secret-names.ts';
import type { Committed, Context } from '../session/context.ts';
import type { Levels } from '../session/levels.ts';
import { nothingWouldChange } from '../session/messages.ts';
import type { BatchOptions } from '../session/session.ts';
import { apply, tellNotices } from './apply.ts';
import type { BatchReport } from './batch-report.ts';
import type { LeftOut } from './foreign/left-out.ts';
import { policiesReport, policyTable } from './foreign/policies-report.ts';
import type { Openings } from './openings.ts';
import type { Rejected } from './rejected.ts';
import { replacement } from './replacement.ts';
import { showChanges } from './show-changes.ts';
import type { TakenRows } from './taken-rows.ts';

/** Of the batch. */
type Parts = {
  readonly model: Model;
  readonly context: Context;
  readonly options: BatchOptions;
  readonly report: BatchReport;
  readonly rows: TakenRows;
  readonly levels: Levels;
  readonly rejected: Rejected;
  readonly openings: Openings;
  readonly leftOut: LeftOut;
};

/** What becomes of what a batch has taken: it is committed, or only checked and shown, and what stands against it is told. */
export class Commitment {
  readonly #parts: Parts;
  #isRefused = false;
  #isIdle = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The transaction as a whole could not be applied. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** It was to show what would change, and nothing would. */
  get isIdle(): boolean {
    return this.#isIdle;
  }

  /** The revision that it has made; null: none. `source`: the text that is read. */
  async commit(
    source: SourceText,
    options: CommitOptions = this.#parts.options,
  ): Promise<Committed['revision']> {
    const { model, rows, levels, report } = this.#parts;
    const { keepGoing, replace, changes, check: isCheck } = this.#parts.options;
    if (rows.transaction.isEmpty && changes === 'not' && !replace) return null;
    if (keepGoing) this.#reject(leaveOutObjected(model, rows.transaction), source);
    const whole = replace ? await replacement(model, rows.transaction) : { draft: rows.transaction };
    if ('faults' in whole) this.#reject(whole.faults, source);
    else if (isCheck) {
      this.#reject(check(model, whole.draft), source);
      if (!source.isWithheld) await this.#showChanges(whole.draft);
    } else {
      const { revision, faults } = await apply(model, whole.draft, options, replace, report);
      this.#isRefused = faults.length > 0;
      this.#reject(faults, source);
      rows.transaction = new Draft(model.configuration.view);
      levels.base = rows.transaction;
      return revision;
    }
    return null;
  }

  /** Tells which policies an import has brought. `taken`: before it was committed. */
  reportPolicies(taken: readonly string[]): void {
    const { model, rows, options, rejected, leftOut, report } = this.#parts;
    if (this.#isRefused || !options.isImport) return;
    const brought = { taken, rejected: rejected.of(policyTable), leftOut };
    for (const line of policiesReport(model.configuration, rows.transaction, options, brought))
      report.notice(line);
  }

  async #showChanges(draft: Draft): Promise<void> {
    const { model, context, report } = this.#parts;
    const { changes, keepGoing, thenDone } = this.#parts.options;
    if (changes === 'not' || (report.errors > 0 && !keepGoing)) return;
    this.#isIdle = !(await showChanges(context, draft, changes));
    if (!thenDone) tellNotices(model, draft, report);
    if (this.#isIdle) report.notice(nothingWouldChange);
  }

  #reject(faults: readonly CommitFault[], source: SourceText): void {
    const { model, levels, report, rejected, openings } = this.#parts;
    for (const { row, ...fault } of faults) {
      if (fault.error === 'policy-not-applicable') rejected.add(policyTable, fault.word, fault.expected);
      const opening = openings.of(row);
      report.fault(opening === undefined ? fault : { ...fault, span: opening.span }, {
        source: opening?.source ?? { ...source, name: null },
        path: [],
        secrets: secretNames(model.catalogue, levels),
      });
    }
  }
}
