import { statements, unfinished } from '../../../grammar/parse.ts';
import { decodeSource } from '../../../grammar/source-text.ts';
import { mayWriteAnything } from '../../access/permissions.ts';
import { mayHoldSecret } from '../../access/secret-text.ts';
import { commit } from '../../model/changes/commit.ts';
import type { Model } from '../../model/model.ts';
import type { Draft } from '../../store/draft.ts';
import { Batch, type BatchClient } from '../batch/batch.ts';
import { replayPlans } from '../batch/replay-plans.ts';
import { done, type Faults, problemOf, type SourceText, type Surroundings } from '../faults/problem.ts';
import { secretNames } from '../faults/secret-names.ts';
import { spanned } from '../faults/spanned.ts';
import { emitPrinted } from '../printing/emit-printed.ts';
import type { Completion, HelpLine, Highlight, Question } from '../typing/assistance.ts';
import { complete, help, highlight } from '../typing/typing.ts';
import { coalesce } from './coalesce.ts';
import type { Context, FileReading, Person, Position } from './context.ts';
import { Levels } from './levels.ts';
import { LogFilter } from './log-filter.ts';
import { perform, verbsAt } from './perform.ts';
import { prompt } from './prompt.ts';
import { modelOf, type SessionServices } from './services.ts';
import type {
  Answer,
  BatchOptions,
  BatchSource,
  Drained,
  Emit,
  Outcome,
  ReplyPart,
  Session,
  Status,
} from './session.ts';
import { Settings } from './settings.ts';

const atOnce: Drained = () => Promise.resolve();

type Listener = Pick<BatchClient, 'emit' | 'drained' | 'signal'>;

/** A session in the process that owns the configuration. */
export class LocalSession implements Session {
  readonly #services: SessionServices;
  readonly #levels: Levels;
  readonly #logFilter = new LogFilter();
  #closed = false;
  #ended: (() => void) | undefined;
  /** Settles when the last commit is in force. */
  #applied: Promise<readonly string[]> = Promise.resolve([]);
  #interruption = new AbortController();
  /** What the running command waits for. */
  #asking: PromiseWithResolvers<Answer> | undefined;
  /** Whether this session pages its output, where that was said. */
  #more: boolean | undefined;

  constructor(services: SessionServices) {
    this.#services = services;
    this.#ended = services.ended;
    this.#levels = new Levels(services.configuration.view);
  }

  async execute(text: string, listener: Emit, drained: Drained = atOnce): Promise<Outcome> {
    const { language } = this.#services;
    const { emit, flush } = coalesce(listener);
    if (unfinished(text)) return { ...this.#outcome(0), unfinished: true };
    const source: SourceText = { name: null, text };
    const context = this.#context(emit, drained);
    let status: Status = 0;
    for (const item of statements(text, { verbs: () => verbsAt(language, this.#levels) })) {
      const surroundings: Surroundings = {
        source,
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
    flush();
    return this.#outcome(status);
  }

  async batch(
    sources: readonly BatchSource[],
    options: BatchOptions,
    listener: Emit,
    drained: Drained = atOnce,
  ): Promise<Outcome> {
    const { emit, flush } = coalesce(listener);
    const batch = this.#batch(options, { emit, drained, signal: this.#interrupted() });
    for (const { name, bytes } of sources) {
      const decoded = decodeSource(bytes);
      if ('text' in decoded) await batch.run({ name, text: decoded.text });
      else batch.refuse(decoded.problem, { name, text: new TextDecoder().decode(bytes) });
    }
    const status = await batch.finish();
    flush();
    return this.#outcome(status);
  }

  async state(): Promise<Outcome> {
    return this.#outcome(0);
  }

  #outcome(status: Status): Outcome {
    const { language, configuration } = this.#services;
    const settings = new Settings(language.catalogue, configuration.view);
    const { kind } = this.#levels;
    return {
      status,
      prompt: prompt(settings.hostName, this.#levels, mayWriteAnything(modelOf(this.#services).permissions)),
      closed: this.#closed,
      unfinished: false,
      leave: kind === 'root' ? null : kind === 'table' ? 'end' : 'abort',
      settings: { more: this.#more ?? settings.more, idleMinutes: settings.idleMinutes },
    };
  }

  async complete(text: string, cursor: number): Promise<Completion> {
    return complete(this.#services.language, this.#position, text, cursor);
  }

  async help(text: string, cursor: number): Promise<readonly HelpLine[]> {
    return help(this.#services.language, this.#position, text, cursor);
  }

  async highlight(text: string): Promise<readonly Highlight[]> {
    return highlight(this.#services.language, this.#position, text);
  }

  async mayHoldSecret(text: string): Promise<boolean> {
    return mayHoldSecret(text, this.#services.language.catalogue.secretFields);
  }

  get #position(): Position {
    const { system } = this.#services;
    return { levels: this.#levels, model: modelOf(this.#services), system };
  }

  answer(value: Answer): void {
    this.#asking?.resolve(value);
    this.#asking = undefined;
  }

  interrupt(): void {
    this.answer(null);
    this.#interruption.abort();
  }

  close(): void {
    this.#levels.leaveAll();
    this.interrupt();
    this.#closed = true;
    this.#ended?.();
    this.#ended = undefined;
  }

  #interrupted(): AbortSignal {
    this.#interruption = new AbortController();
    return this.#interruption.signal;
  }

  #context(emit: Emit, drained: Drained): Context {
    const signal = this.#interrupted();
    const { emit: _emit, ...client } = this.#client({ emit, drained, signal });
    const model = modelOf(this.#services);
    const save = (draft: Draft): Faults => this.#commit(model, draft, emit);
    return {
      levels: this.#levels,
      model,
      system: this.#services.system,
      person: this.#person({ emit, drained }),
      client,
      changes: { save: ({ draft }) => save(draft), apply: save, commit: save },
      logFilter: this.#logFilter,
      print: (printed) => emitPrinted(emit, printed),
      exit: () => {
        this.#closed = true;
      },
    };
  }

  #person({ emit, drained }: Omit<Listener, 'signal'>): Person {
    return {
      ask: (question) => this.#ask(question, emit),
      run: (commands) => this.#run(commands, { emit, drained }),
      remark: (text) => emit({ kind: 'notice', text: `${text}\n` }),
      setPaging: (more) => {
        this.#more = more;
      },
    };
  }

  #batch(options: BatchOptions, listener: Listener): Batch {
    return new Batch(this.#services, options, this.#client(listener));
  }

  /** What commands get of the client. */
  #client({ emit, drained, signal }: Listener): BatchClient {
    const client: BatchClient = {
      emit,
      drained,
      signal,
      readFile: (name, longest) =>
        this.#clientText({ kind: 'file-wanted', name, longest }, 'it was not read', emit),
      replay: (order) => this.#clientText({ kind: 'replay-wanted', order }, 'it was interrupted', emit),
      replayPlans: (candidate) => replayPlans(this.#services, client, candidate),
    };
    return client;
  }

  async #ask(question: Question, emit: Emit): Promise<string | null> {
    const answer = await this.#answered({ kind: 'question', question }, emit);
    return typeof answer === 'string' ? answer : null;
  }

  async #clientText(part: ReplyPart, unanswered: string, emit: Emit): Promise<FileReading> {
    const answer = await this.#answered(part, emit);
    if (answer === null) return { reason: unanswered };
    return typeof answer === 'string' ? { text: answer } : answer;
  }

  #answered(part: ReplyPart, emit: Emit): Promise<Answer> {
    // Whoever has gone will never answer.
    if (this.#closed) return Promise.resolve(null);
    const asking = Promise.withResolvers<Answer>();
    this.#asking = asking;
    emit(part);
    return asking.promise;
  }

  async #run(commands: readonly string[], client: Omit<Listener, 'signal'>): Promise<Faults> {
    const options = { check: false, keepGoing: false, skipUnknown: false, operations: false };
    const batch = this.#batch(options, { ...client, signal: this.#interruption.signal });
    await batch.run({ name: 'these commands', text: commands.join('\n') });
    const status = await batch.finish();
    return status === 0
      ? done
      : [{ error: 'operation-failed', word: 'see above', expected: 'commands that can be run' }];
  }

  #commit(model: Model, draft: Draft, emit: Emit): Faults {
    const { faults, notices, applied } = commit(model, draft);
    this.#applied = applied;
    for (const notice of notices) emit({ kind: 'notice', text: `${notice}\n` });
    return spanned(faults, {});
  }
}
