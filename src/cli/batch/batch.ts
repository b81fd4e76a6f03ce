import { statementSteps } from '../../../grammar/parse.ts';
import { isPiped } from '../../../grammar/shapes.ts';
import type { Item, Statement } from '../../../grammar/statement.ts';
import type { Model } from '../../model/model.ts';
import { Draft } from '../../store/draft.ts';
import type { CommitOptions } from '../../system/configuration.ts';
import { TimeSlice } from '../../time/time-slice.ts';
import { damageIn } from '../faults/encoding-fault.ts';
import { done, type Fault, type Faults, type SourceText, type Surroundings } from '../faults/problem.ts';
import { secretNames } from '../faults/secret-names.ts';
import type { Language } from '../language/language.ts';
import type { Client, Committed, Context } from '../session/context.ts';
import { Levels } from '../session/levels.ts';
import { misplacement, perform, verbsAt } from '../session/perform.ts';
import { modelOf, type SessionServices } from '../session/services.ts';
import type { BatchOptions, Emit, Status } from '../session/session.ts';
import { endOf } from '../words/resolve.ts';
import { batchContext } from './batch-context.ts';
import { BatchReport } from './batch-report.ts';
import { Commitment } from './commitment.ts';
import { LeftOut, linesOf } from './foreign/left-out.ts';
import { namesOf, policyTable } from './foreign/policies-report.ts';
import { Scopes } from './foreign/scopes.ts';
import { judge } from './judged.ts';
import { Openings } from './openings.ts';
import {
  isAboutConfig,
  isAboutEdit,
  mayBeLeftOut,
  missingEnd,
  Skipping,
  stepsOut,
  unknownName,
} from './recovery.ts';
import { Rejected, whyRejected } from './rejected.ts';
import { viewBelow } from './replacement.ts';
import { Rest, type Standing } from './rest.ts';
import { TakenRows } from './taken-rows.ts';

/** Whoever a batch is run for. */
export type BatchClient = {
  readonly emit: Emit;
  /** What there may be of entries that are not committed, where so many are more than that. */
  full(pending: number): string | undefined;
} & Client;

/** Texts that are one transaction: every mistake in them is reported once, and with any nothing is applied. */
export class Batch {
  readonly #language: Language;
  readonly #model: Model;
  readonly #options: BatchOptions;
  readonly #batchReport: BatchReport;
  readonly #levels: Levels;
  readonly #context: Context;
  readonly #leftOut = new LeftOut();
  readonly #scopes: Scopes;
  readonly #skipping = new Skipping();
  /** Top-level rows that could not be taken: that they are missing is no further mistake. */
  readonly #rejected = new Rejected();
  readonly #openings = new Openings();
  /** What is still open at the end, where that is no mistake. */
  readonly #rest: Rest | null;
  readonly #rows: TakenRows;
  readonly #commitment: Commitment;
  #source: SourceText = { name: null, text: '' };
  /** The line before made no sense, so that the level of this one may be wrong for no fault of its own. */
  #lost = false;
  #exited = false;
  /** Its end has come before that of its text. */
  #isCut = false;
  /** It takes more than it may: nothing more of it is read, and nothing is applied. */
  #isGivenUp = false;
  /** Some statement has changed something, or could have. */
  #hasTaken = false;
  #hasText = false;
  /** A text says something that is no comment. */
  #hasItems = false;
  /** What stood before this line has been committed, for an operation that stands on it; 0: nothing has. */
  #committedTo = 0;
  /** The line of the operation that runs. */
  #operating = 0;

  /** `start`: where the session stands, if the texts go on there. */
  constructor(services: SessionServices, options: BatchOptions, client: BatchClient, start?: Levels) {
    const { full, ...ofClient } = client;
    this.#language = services.language;
    this.#model = modelOf(services, (table, key) => this.#rejected.has(table, key));
    this.#options = options;
    this.#batchReport = new BatchReport(client.emit, options);
    this.#scopes = new Scopes(services.language.catalogue, options.vdom, options.skipUnknown);
    const transaction = new Draft(viewBelow(services, options));
    this.#levels = start?.copyOver(transaction) ?? new Levels(transaction);
    this.#rows = new TakenRows(transaction, this.#levels, this.#rejected);
    this.#rest = start === undefined ? null : new Rest();
    this.#context = batchContext(services, ofClient, {
      levels: this.#levels,
      model: this.#model,
      changes: {
        save: (level) => {
          this.#rows.save(level);
          return done;
        },
        apply: (draft) => {
          this.#rows.transaction.merge(draft);
          return done;
        },
        commit: (draft, chosen) => this.#commitAlone(draft, chosen),
      },
      full: () => {
        const limit = full(this.#rows.transaction.size + this.#levels.pending + this.#rejected.size);
        this.#isGivenUp ||= limit !== undefined;
        return limit;
      },
      exit: () => {
        this.#exited = true;
      },
    });
    this.#commitment = new Commitment({
      model: this.#model,
      context: this.#context,
      options,
      report: this.#batchReport,
      rows: this.#rows,
      levels: this.#levels,
      rejected: this.#rejected,
      openings: this.#openings,
      leftOut: this.#leftOut,
    });
  }

  /** It was to show what would change, and nothing would. */
  get isIdle(): boolean {
    return this.#commitment.isIdle;
  }

  /** What has been taken and is not committed. */
  get transaction(): Draft {
    return this.#rows.transaction;
  }

  /** Where the session stands once the transaction is committed, and what of the text is to be entered there. */
  standing(): Standing {
    return this.#rest?.standing(this.#source.text) ?? { at: undefined, text: '' };
  }

  /** Checks one text and takes its rows into the transaction. */
  async run(source: SourceText): Promise<void> {
    this.#source = source;
    this.#exited = false;
    this.#hasText ||= /\S/.test(source.text);
    await this.#scopes.survey(source.text);
    const items = statementSteps(source.text, { verbs: () => verbsAt(this.#language, this.#levels) });
    const slice = new TimeSlice();
    for (const item of items) {
      this.#isCut = this.#isOver && item !== undefined;
      if (this.#isCut || this.#exited) break;
      const taking = item && this.#take(item);
      if (taking !== undefined) await taking;
      if (item !== undefined) this.#rest?.note(item, this.#levels);
      // A `set` takes so little that to ask the time takes a good part of it.
      if (item?.verb !== 'set' && slice.isOver) {
        await this.#context.client.drained();
        await slice.renew();
      }
    }
    if (this.#rest === null) this.#closeSource();
  }

  get #isOver(): boolean {
    return this.#isGivenUp || this.#context.client.signal.aborted;
  }

  /** Says that texts are too much: none of them is read. */
  giveUp(limit: string, name: string | null): void {
    this.#isGivenUp = true;
    this.#batchReport.hasToApply();
    this.#source = { ...this.#source, name, text: '' };
    this.#report([{ error: 'beyond-limit', word: name ?? 'batch', expected: limit }]);
  }

  /** Reports a text that can't even be read. */
  refuse(fault: Fault, name: string | null): void {
    this.#batchReport.hasToApply();
    this.#source = { ...this.#source, name, text: '' };
    this.#report([fault]);
  }

  /** Applies the transaction, unless something is wrong with it. */
  async finish(): Promise<Status> {
    const { isEmpty } = this.#rows.transaction;
    const { missing } = this.#scopes;
    if (missing !== undefined && !this.#isOver) this.#report([missing]);
    for (const line of this.#leftOut.report(!this.#source.isWithheld)) this.#batchReport.notice(line);
    const isDone = isEmpty && !this.#isCut && this.#committedTo === this.#operating + 1;
    if (this.#context.client.signal.aborted && !isDone) {
      this.#batchReport.interrupted(this.#committedTo);
      return 1;
    }
    if (!this.#isGivenUp && (this.#batchReport.errors === 0 || this.#options.keepGoing)) {
      const policies = namesOf(this.#rows.transaction, policyTable);
      await this.#commitment.commit(this.#source);
      if (!this.#source.isWithheld) this.#commitment.reportPolicies(policies);
    }
    this.#batchReport.summary(isEmpty || this.#commitment.isRefused || this.#isGivenUp, this.#committedTo);
    if (this.#batchReport.errors > 0) return 1;
    const isLost = this.#hasText && !this.#hasTaken && !(this.#hasItems && this.#leftOut.isEmpty);
    if (!isLost || !this.#options.isImport) return 0;
    this.#batchReport.nothing();
    return 1;
  }

  /** Commits what an operation wants to change; what precedes it has been. */
  async #commitAlone(draft: Draft, options?: CommitOptions): Promise<Committed> {
    this.#rows.transaction.merge(draft);
    const revision = await this.#commitment.commit(this.#source, options);
    if (!this.#commitment.isRefused) this.#committedTo = this.#operating + 1;
    return { faults: done, revision };
  }

  #take(item: Item): void | Promise<void> {
    this.#hasItems = true;
    if (item.verb === undefined || !isPiped(item.verb)) this.#batchReport.hasToApply();
    const lines = linesOf(item, this.#source.text);
    if (this.#skipping.passesOver(item)) {
      if (this.#skipping.isLeftOut) this.#leftOut.addLines(lines);
      return;
    }
    if (this.#levels.depth === 0 && !this.#standsInside(item, lines)) return;
    if (item.verb === 'execute' || item.verb === 'diagnose') return this.#operate(item);
    if (item.kind === 'statement' && !this.#prepare(item)) return;
    const damage = this.#source.isDamaged ? damageIn(item, this.#source.text) : undefined;
    if (damage !== undefined && !mayBeLeftOut(item)) {
      this.#recover(item, [damage]);
      return;
    }
    const outcome = perform(this.#language, this.#context, item);
    if (outcome instanceof Promise) return this.#settleLater(item, outcome, damage);
    this.#settle(item, outcome, damage);
  }

  /** Apart from `#take`, which would make a closure for each statement. */
  async #settleLater(item: Item, outcome: Promise<Faults>, damage: Fault | undefined): Promise<void> {
    this.#settle(item, await outcome, damage);
  }

  /** The unknown table or field of a statement, where it is to be left out. */
  #unknown(item: Item, faults: Faults): string | undefined {
    return this.#options.skipUnknown ? unknownName(item, faults) : undefined;
  }

  /** False: the item only wraps, or is of what is not taken. */
  #standsInside(item: Item, lines: number): boolean {
    const standing = this.#scopes.take(item, this.#source.text);
    if (standing === 'frame') this.#leftOut.add('unknown', `${this.#scopes.section} of a backup`, lines);
    else if (standing === 'left-out') this.#leftOut.add('domain', `${this.#scopes.domain}`, lines);
    else if (typeof standing === 'object') this.#report([standing.fault], item);
    if (standing !== 'inside') this.#lost = false;
    return standing === 'inside';
  }

  /** `damage`: of the text of a statement that may name what is unknown. */
  #settle(item: Item, outcome: Faults, damage?: Fault): void {
    const isMistake = damage !== undefined && this.#unknown(item, outcome) === undefined;
    const faults = isMistake ? [damage] : outcome;
    if (faults.length > 0) this.#recover(item, faults);
    else {
      this.#lost = false;
      this.#hasTaken ||= item.verb !== 'config' && item.verb !== 'end' && item.verb !== 'next';
    }
    this.#rows.settle();
    if (item.verb === 'edit') this.#leftOut.begin(item);
    this.#openings.note(item, this.#levels, this.#source);
  }

  /** Brings a statement to a level where it can be checked. False: it is dealt with. */
  #prepare(item: Statement): boolean {
    const { kind } = this.#levels;
    const leavesTable = kind !== 'root' && stepsOut(this.#language.catalogue, this.#levels, item);
    const fault = leavesTable ? missingEnd(item) : misplacement(this.#language, this.#levels, item);
    if (fault === undefined) return true;
    if (!this.#lost) this.#report([fault], item);
    this.#lost = true;
    if (leavesTable) this.#rows.leaveTo(0);
    else if (kind === 'table' && item.verb !== 'abort') this.#rows.openPhantom();
    else if (kind === 'row') this.#rows.leaveTo(this.#levels.depth - 1);
    else return false;
    return misplacement(this.#language, this.#levels, item) === undefined;
  }

  /** Runs an operation on what stands before it, which is committed first; after an error it does not run. */
  async #operate(item: Item): Promise<void> {
    const { line } = item.span;
    if (!this.#options.operations) {
      const expected = 'a command that configures; this one runs by itself, not in an import';
      this.#report([{ error: 'wrong-level', word: item.verb ?? '', span: item.span, expected }], item);
      return;
    }
    const canCommit = this.#levels.depth === 0 && this.#batchReport.errors === 0;
    if (canCommit && !this.#rows.transaction.isEmpty) {
      await this.#commitment.commit(this.#source);
      this.#committedTo = line;
    }
    if (this.#batchReport.errors > 0)
      this.#batchReport.notice(`line ${line} was not run: an error precedes it`);
    else {
      this.#operating = line;
      this.#settle(item, await perform(this.#language, this.#context, item));
    }
  }

  /** Goes to the level where a person would take the next line to be. */
  #recover(item: Item, faults: Faults): void {
    const { text } = this.#source;
    const judged = judge(item, faults, text, this.#levels, this.#options, this.#leftOut);
    if (judged.kind === 'unknown') this.#leftOut.addUnknown(item, judged, this.#levels, linesOf(item, text));
    else if (judged.kind === 'entry') this.#leftOut.addEntry(item, this.#levels);
    else if (judged.kind === 'secret') this.#leftOut.add('secret', judged.name, linesOf(item, text));
    else {
      this.#report(judged.faults, item);
      if (judged.isAvoidable) this.#batchReport.couldLeaveOut();
    }
    if (isAboutConfig(item)) this.#skipping.begin(judged.kind === 'unknown');
    else if (isAboutEdit(item) && this.#levels.kind === 'table') this.#rows.openPhantom();
    else if (item.kind === 'problem') this.#lost = true;
    else if (item.verb === 'next') this.#rows.leaveTo(this.#levels.depth - 1);
    else if (item.verb === 'end')
      this.#rows.leaveTo(this.#levels.depth - (this.#levels.kind === 'row' ? 2 : 1));
  }

  #report(faults: Faults, item?: Item): void {
    const surroundings: Surroundings = {
      source: this.#source,
      path: this.#levels.path,
      secrets: secretNames(this.#model.catalogue, this.#levels),
      statement: item?.kind === 'statement' ? item.span : undefined,
    };
    this.#rows.spoil(() => whyRejected(faults));
    for (const fault of faults) this.#batchReport.fault(fault, surroundings, this.#isGivenUp);
  }

  #closeSource(): void {
    const { topRow } = this.#levels;
    const label = this.#levels.label ?? this.#scopes.domain;
    if ((topRow !== undefined || this.#skipping.hasPassedOver || this.#scopes.isOpen) && !this.#isOver) {
      const expected = `"end" before the text ends${label === undefined ? '' : `: '${label}' is still open`}`;
      this.#report([{ error: 'incomplete', word: '', span: endOf(this.#source.text), expected }]);
    }
    this.#rows.leaveTo(0);
    this.#skipping.stop();
    this.#scopes.close();
    this.#lost = false;
  }
}
