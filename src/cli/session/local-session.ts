import { statementSteps, unfinished, unfinishedSteps } from '../../../grammar/parse.ts';
import { mayWriteAnything } from '../../access/permissions.ts';
import { mayHoldSecret } from '../../access/secret-text.ts';
import { check, commit } from '../../model/changes/commit.ts';
import { ownLosses } from '../../model/changes/own-losses.ts';
import type { Model } from '../../model/model.ts';
import type { Draft } from '../../store/draft.ts';
import type { CommitOptions } from '../../system/configuration.ts';
import { Inbox } from '../../system/inbox.ts';
import type { Reachable } from '../../system/reports/logged-users.ts';
import type { Share } from '../../system/shares.ts';
import { inTurns, TimeSlice } from '../../time/time-slice.ts';
import { Batch, type BatchClient } from '../batch/batch.ts';
import { feed } from '../batch/feed.ts';
import { replayPlans } from '../batch/replay-plans.ts';
import type { Standing } from '../batch/rest.ts';
import {
  done,
  type Faults,
  ofNoText,
  problemOf,
  type SourceText,
  type Surroundings,
} from '../faults/problem.ts';
import { secretNames } from '../faults/secret-names.ts';
import { spanned } from '../faults/spanned.ts';
import { Printing } from '../printing/printing.ts';
import type { Completion, HelpLine, Highlight } from '../typing/assistance.ts';
import { complete, help, highlight } from '../typing/typing.ts';
import { AccountWatch } from './account-watch.ts';
import { coalesce } from './coalesce.ts';
import type { Committed, Context, Person, Position, RunText } from './context.ts';
import { Inquiry } from './inquiry.ts';
import { Levels } from './levels.ts';
import { isMeant, nothingChanged, notMeant, revocation, warningOf } from './messages.ts';
import { namedReplay, namedSource } from './named-files.ts';
import { perform, verbsAt } from './perform.ts';
import { prompt } from './prompt.ts';
import type { SessionServices } from './services.ts';
import type {
  Answer,
  BatchOptions,
  BatchSource,
  Drained,
  Emit,
  Outcome,
  Session,
  Status,
} from './session.ts';
import { atOnce, strictBatch } from './session.ts';
import { entriesBeyond, mostTyped } from './settings/limits.ts';
import { LogFilter } from './settings/log-filter.ts';
import { PingSettings } from './settings/ping-settings.ts';
import { Settings } from './settings/settings.ts';
import { TransactionSeat } from './transaction/transaction-seat.ts';

type Listener = Pick<BatchClient, 'emit' | 'drained' | 'signal'>;

/** A session in the process that owns the configuration. */
export class LocalSession implements Session, Reachable {
  readonly #seat: TransactionSeat;
  readonly #levels: Levels;
  readonly #logFilter = new LogFilter();
  readonly #pingSettings = new PingSettings();
  /** Entries that are not committed. */
  readonly #entries: Share;
  #closed = false;
  #ended: SessionServices['ended'];
  readonly #revocation = Promise.withResolvers<string>();
  readonly revoked = this.#revocation.promise;
  /** Why Levee has ended the session. */
  #revokedFor: string | null = null;
  readonly inbox = new Inbox();
  #isBusy = false;
  readonly #account: AccountWatch;
  readonly #release: () => void;
  /** Settles when the last commit is in force. */
  #applied: Promise<readonly string[]> = Promise.resolve([]);
  #interruption = new AbortController();
  readonly #inquiry = new Inquiry();
  /** Whether this session pages its output, where that was said. */
  #more: boolean | undefined;

  constructor(services: SessionServices) {
    this.#ended = services.ended;
    const { configuration } = services;
    this.#levels = new Levels(configuration.view);
    this.#seat = new TransactionSeat(services, this.#levels);
    this.#entries = services.entries.open();
    this.#release = configuration.keep(() => this.#levels.since);
    this.#account = new AccountWatch(
      services,
      (reason) => this.revoke(reason),
      () => this.interrupt(),
    );
  }

  get #services(): SessionServices {
    return this.#seat.services;
  }

  execute(text: string, listener: Emit, drained: Drained = atOnce): Promise<Outcome> {
    const run = (isUnfinished: boolean): Promise<Outcome> =>
      isUnfinished
        ? Promise.resolve({ ...this.#outcome(0), unfinished: true })
        : this.#run(listener, (emit) => this.#execute(text, emit, drained));
    return text.length > mostTyped ? inTurns(unfinishedSteps(text)).then(run) : run(unfinished(text));
  }

  batch(
    sources: readonly BatchSource[],
    options: BatchOptions,
    listener: Emit,
    drained: Drained = atOnce,
  ): Promise<Outcome> {
    const { configuration } = this.#services;
    const { revision } = configuration.view;
    const release = configuration.keep(() => revision);
    return this.#run(listener, (emit) => this.#runBatch(sources, options, emit, drained)).finally(release);
  }

  /** Runs one command or batch of the client; a session that Levee has ended runs nothing more, and says why. */
  async #run(listener: Emit, command: (emit: Emit) => Promise<Status | 'idle'>): Promise<Outcome> {
    const { emit, flush } = coalesce(listener);
    let status: Status | 'idle' = 1;
    this.#isBusy = true;
    for (const text of this.inbox.take()) emit({ kind: 'notice', text: `${text}\n` });
    try {
      if (!this.#closed) status = await command(emit);
    } finally {
      this.#isBusy = false;
      this.#entries.hold(this.#seat.pending);
    }
    if (this.#revokedFor !== null) emit({ kind: 'notice', text: `${revocation(this.#revokedFor)}\n` });
    flush();
    return status === 'idle' ? this.#outcome(0, true) : this.#outcome(status);
  }

  async #execute(text: string, emit: Emit, drained: Drained): Promise<Status> {
    const { language } = this.#services;
    const context = this.#context(emit, drained);
    let slice: TimeSlice | undefined;
    let status: Status = 0;
    for (const item of statementSteps(text, { verbs: () => verbsAt(language, this.#levels) })) {
      // Not before the first: a command begins in the turn in which it was given.
      if (slice?.isOver) {
        await drained();
        await slice.renew();
        if (this.#closed || context.client.signal.aborted) return 1;
      }
      slice ??= new TimeSlice();
      if (item === undefined) continue;
      const surroundings: Surroundings = {
        source: { name: null, text },
        path: this.#levels.path,
        secrets: secretNames(language.catalogue, this.#levels),
        statement: item.kind === 'statement' ? item.span : undefined,
      };
      const faults = await perform(language, context, item);
      for (const notice of await this.#applied) emit({ kind: 'notice', text: `${notice}\n` });
      this.#applied = Promise.resolve([]);
      for (const fault of faults) emit({ kind: 'problem', problem: problemOf(fault, surroundings) });
      if (faults.length > 0) status = 1;
      if (this.#closed) break;
    }
    return status;
  }

  async #runBatch(
    sources: readonly BatchSource[],
    options: BatchOptions,
    emit: Emit,
    drained: Drained,
  ): Promise<Status | 'idle'> {
    const startsHere = options.here;
    const listener = { emit, drained, signal: this.#interrupted() };
    const batch = this.#batch(options, listener, startsHere ? this.#levels : undefined);
    const refused = await feed(batch, sources, options, this.#seat.model);
    if (refused !== undefined) {
      emit({ kind: 'problem', problem: problemOf(refused, ofNoText) });
      return 1;
    }
    const status = await batch.finish();
    if (status === 0 && batch.isIdle) return 'idle';
    return status === 0 && startsHere ? this.#goOn(batch.standing(), emit, drained) : status;
  }

  /** Enters what a batch that went on here leaves open; it has been checked, and has shown what it shows. */
  #goOn({ at, text }: Standing, emit: Emit, drained: Drained): Promise<Status> {
    if (at !== 'start') this.#levels.leaveAll();
    if (at !== 'start' && at !== undefined) this.#levels.openTable(at);
    const quiet: Emit = (part) => {
      if (part.kind !== 'output') emit(part);
    };
    return this.#execute(text, quiet, drained);
  }

  async state(): Promise<Outcome> {
    return this.#outcome(0);
  }

  #outcome(status: Status, idle = false): Outcome {
    const { language, configuration, administrator } = this.#services;
    const settings = new Settings(language.catalogue, configuration.view);
    const { kind } = this.#levels;
    const mayWrite = mayWriteAnything(this.#seat.model.permissions);
    return {
      status,
      prompt: prompt(settings.hostName, this.#levels, mayWrite, this.#seat.state),
      closed: this.#closed,
      revoked: this.#revokedFor !== null,
      unfinished: false,
      idle,
      leave: kind === 'root' ? null : kind === 'table' ? 'end' : 'abort',
      settings: settings.terminalOf(administrator, this.#more),
    };
  }

  async complete(text: string, cursor: number): Promise<Completion> {
    if (text.length > mostTyped) return { start: cursor, candidates: [] };
    return complete(this.#services.language, this.#position, text, cursor);
  }

  async help(text: string, cursor: number): Promise<readonly HelpLine[]> {
    if (text.length > mostTyped) return [];
    return help(this.#services.language, this.#position, text, cursor);
  }

  async highlight(text: string): Promise<readonly Highlight[]> {
    if (text.length > mostTyped) return [];
    return highlight(this.#services.language, this.#position, text);
  }

  async mayHoldSecret(text: string): Promise<boolean> {
    return text.length > mostTyped || mayHoldSecret(text, this.#services.language.catalogue.secretFields);
  }

  get #position(): Position {
    const { system, users } = this.#services;
    const model = this.#seat.model;
    return { levels: this.#levels, model, system, users, transactions: this.#seat.transactions };
  }

  answer(value: Answer): void {
    this.#inquiry.answer(value);
  }

  interrupt(): void {
    this.answer(null);
    this.#interruption.abort();
  }

  close(): void {
    this.#levels.leaveAll();
    this.#seat.leave();
    this.#entries.hold(0);
    this.#inquiry.end();
    this.interrupt();
    this.#account.stop();
    this.#release();
    this.#closed = true;
    this.#ended?.(this.#revokedFor);
    this.#ended = undefined;
  }

  revoke(reason: string): void {
    this.#revokedFor = reason;
    this.close();
    if (!this.#isBusy) this.#revocation.resolve(revocation(reason));
  }

  #interrupted(): AbortSignal {
    this.#interruption = new AbortController();
    return this.#interruption.signal;
  }

  #context(emit: Emit, drained: Drained): Context {
    const signal = this.#interrupted();
    const { emit: _emit, full: _full, ...client } = this.#client({ emit, drained, signal });
    const seat = this.#seat;
    const commitDraft = (draft: Draft, options?: CommitOptions): Committed | Promise<Committed> =>
      this.#commit(seat.model, draft, emit, options);
    const save = (draft: Draft): Faults | Promise<Faults> => {
      const committed = commitDraft(draft);
      return committed instanceof Promise ? committed.then(({ faults }) => faults) : committed.faults;
    };
    const printing = new Printing(emit, client, this.#services.configuration);
    return {
      levels: this.#levels,
      // A statement may enter a transaction, or leave it.
      get model() {
        return seat.model;
      },
      get transactions() {
        return seat.transactions;
      },
      system: this.#services.system,
      kept: this.#services.kept,
      ping: this.#services.ping,
      users: this.#services.users,
      doors: this.#services.doors,
      person: this.#person({ emit, drained }),
      client,
      changes: { save: ({ draft }) => save(draft), apply: save, commit: commitDraft },
      full: () => this.#full(0),
      logFilter: this.#logFilter,
      pingSettings: this.#pingSettings,
      print: (printed) => printing.print(printed),
      printed: () => printing.finished(),
      live: (view, milliseconds) => this.#inquiry.show(view, milliseconds, emit),
      exit: () => {
        this.#closed = true;
      },
    };
  }

  /** `more`: what is pending beside the open rows of the session. */
  #full(more: number): string | undefined {
    const beyond = this.#entries.hold(this.#seat.pending + more);
    return beyond && entriesBeyond(beyond, this.#services.entries.limits);
  }

  #person({ emit, drained }: Omit<Listener, 'signal'>): Person {
    return {
      ask: (question) => this.#inquiry.ask(question, emit),
      run: (commands) => this.#runCommands(commands, { emit, drained }),
      remark: (text) => emit({ kind: 'notice', text: `${text}\n` }),
      setPaging: (more) => {
        this.#more = more;
      },
      password: this.#services.ownPassword,
    };
  }

  #batch(options: BatchOptions, listener: Listener, start?: Levels): Batch {
    return new Batch(this.#services, options, this.#client(listener), start);
  }

  /** What commands get of the client. */
  #client({ emit, drained, signal }: Listener): BatchClient {
    const model = this.#seat.model;
    const client: BatchClient = {
      emit,
      full: (pending) => this.#full(pending),
      drained,
      signal,
      needs: (requirement) => this.#account.needs(requirement),
      readFile: (name, longest) =>
        namedSource(model, name, () =>
          this.#inquiry.put({ kind: 'file-wanted', name: name.text, longest }, emit),
        ),
      runText: (source, options) => this.#runText(source, options, { emit, drained, signal }),
      replay: (order, capture) =>
        namedReplay(model, capture, order, () => this.#inquiry.put({ kind: 'replay-wanted', order }, emit)),
      replayPlans: (candidate) => replayPlans(this.#services, client, candidate),
    };
    return client;
  }

  async #runText(source: SourceText, options: Partial<BatchOptions>, listener: Listener): Promise<RunText> {
    const batch = this.#batch({ ...strictBatch, ...options }, listener);
    await batch.run(source);
    if ((await batch.finish()) !== 0) return 'refused';
    return batch.isIdle ? 'idle' : 'done';
  }

  async #runCommands(commands: readonly string[], client: Omit<Listener, 'signal'>): Promise<Faults> {
    const source = { name: 'these commands', text: commands.join('\n') };
    const listener = { ...client, signal: this.#interruption.signal };
    return (await this.#runText(source, {}, listener)) === 'done'
      ? done
      : [{ error: 'operation-failed', word: 'see above', expected: 'commands that can be run' }];
  }

  /** What would shut out whoever works here is confirmed first. */
  #commit(model: Model, draft: Draft, emit: Emit, options?: CommitOptions): Committed | Promise<Committed> {
    const losses = this.#seat.current === undefined ? ownLosses(model, draft) : [];
    const commit = (): Committed => this.#commitNow(model, draft, emit, options);
    if (losses.length === 0 || check(model, draft).length > 0) return commit();
    for (const loss of losses) emit({ kind: 'notice', text: `${warningOf(loss)}\n` });
    return this.#inquiry
      .ask(isMeant, emit)
      .then((answer) => (answer === 'yes' ? commit() : { revision: null, faults: [notMeant] }));
  }

  #commitNow(model: Model, draft: Draft, emit: Emit, options?: CommitOptions): Committed {
    const { revision, faults, notices, applied } = commit(model, draft, options);
    this.#applied = applied;
    for (const notice of notices) emit({ kind: 'notice', text: `${notice}\n` });
    const isIdle = revision === null && faults.length === 0 && !draft.isIdle;
    if (isIdle) emit({ kind: 'notice', text: `${nothingChanged}\n` });
    return { revision, faults: spanned(faults, {}) };
  }
}
