import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { RowId } from '../../schemas/content.ts';
import { SecretKey } from '../../src/access/secret-key.ts';
import { printProblem } from '../../src/cli/faults/print-problem.ts';
import type { Problem } from '../../src/cli/faults/problem.ts';
import { type Language, loadLanguage } from '../../src/cli/language/language.ts';
import { LocalSession } from '../../src/cli/session/local-session.ts';
import {
  type BatchOptions,
  type Outcome,
  type ReplyPart,
  strictBatch,
} from '../../src/cli/session/session.ts';
import { entryLimits } from '../../src/cli/session/settings/limits.ts';
import { StoredConfiguration } from '../../src/daemon/configuration/configuration.ts';
import { Transactions } from '../../src/model/transactions/transactions.ts';
import { findingsOf } from '../../src/scripting/script/check.ts';
import type { Author } from '../../src/store/author.ts';
import type { Draft } from '../../src/store/draft.ts';
import { Store } from '../../src/store/store.ts';
import type { View } from '../../src/store/view.ts';
import type {
  CommitOptions,
  CommitReply,
  Configuration,
  Hold,
  PolicyListening,
  Preview,
  Rejection,
} from '../../src/system/configuration.ts';
import { fromHere } from '../../src/system/login.ts';
import type { Ping } from '../../src/system/ping.ts';
import { LoggedUsers } from '../../src/system/reports/logged-users.ts';
import { Shares } from '../../src/system/shares.ts';
import type { System } from '../../src/system/system.ts';

export const language = await loadLanguage();
export const { catalogue } = language;

/** One for all sessions of a test: what one of them prints another can read. */
export const secretKey = SecretKey.random();

/** Of all sessions of a test. */
const entries = new Shares(entryLimits);

export type Reply = {
  readonly outcome: Outcome;
  readonly output: string;
  readonly notices: string;
  readonly problems: readonly Problem[];
};

/** A configuration of which someone else changes something just before each commit. */
class Interrupted implements Configuration {
  readonly #configuration: Configuration;
  readonly #meanwhile: () => void;

  constructor(configuration: Configuration, meanwhile: () => void) {
    this.#configuration = configuration;
    this.#meanwhile = meanwhile;
  }

  get view(): View {
    return this.#configuration.view;
  }

  check(draft: Draft): readonly Rejection[] {
    return this.#configuration.check(draft);
  }

  notices(draft: Draft): readonly string[] {
    return this.#configuration.notices(draft);
  }

  keep(after: () => number): () => void {
    return this.#configuration.keep(after);
  }

  get history(): Configuration['history'] {
    return this.#configuration.history;
  }

  get present(): Configuration['present'] {
    return this.#configuration.present;
  }

  commit(draft: Draft, author: Author, options?: CommitOptions): CommitReply {
    this.#meanwhile();
    return this.#configuration.commit(draft, author, options);
  }

  get awaited(): Configuration['awaited'] {
    return this.#configuration.awaited;
  }

  confirm(administrator: RowId | null, author: Author): ReturnType<Configuration['confirm']> {
    return this.#configuration.confirm(administrator, author);
  }

  hold(hold: Hold): () => void {
    return this.#configuration.hold(hold);
  }

  preview(draft: Draft): Preview {
    return this.#configuration.preview(draft);
  }

  onRevision(listener: (author: Author) => void): () => void {
    return this.#configuration.onRevision(listener);
  }

  beforeRevision(listener: () => void): () => void {
    return this.#configuration.beforeRevision(listener);
  }

  listening(draft?: Draft): readonly PolicyListening[] {
    return this.#configuration.listening(draft);
  }

  replayPlan(draft?: Draft): string {
    return this.#configuration.replayPlan(draft);
  }
}

/** Someone at a session of a store in this process. */
export class Typist {
  readonly session: LocalSession;
  /** Who answers when they ping. */
  ping: Ping = async () => assert.fail('it has no network');

  /** `administrator`: whose permissions hold; null: all. */
  constructor(
    configuration: Configuration,
    name: string,
    administrator: RowId | null = null,
    spoken: Language = language,
    system?: System,
    shared = entries,
    transactions = new Transactions(configuration),
    from = fromHere,
  ) {
    const author = { name, origin: 'test' };
    this.session = new LocalSession({
      language: spoken,
      configuration,
      system,
      ping: (...asked) => this.ping(...asked),
      kept: async () => system ?? assert.fail('it has no state directory'),
      author,
      from,
      administrator,
      secretKey,
      checkScript: async (text) => findingsOf(text),
      entries: shared,
      transactions,
      users: new LoggedUsers(),
    });
  }

  /** Runs lines as at the prompt; what is asked is answered with nothing. */
  type(...lines: readonly string[]): Promise<Reply> {
    return collect((emit) =>
      this.session.execute(lines.join('\n'), (part) => {
        emit(part);
        if (part.kind === 'question') this.session.answer(null);
      }),
    );
  }

  import(text: string, options: Partial<BatchOptions> = {}): Promise<Reply> {
    const whole = { ...strictBatch, isImport: true, ...options };
    const bytes = Buffer.from(text, 'utf8');
    return collect((emit) => this.session.batch([{ name: 'text', bytes }], whole, emit));
  }
}

/** A store and its sessions, with the code that the daemon puts around them. */
export class Levee {
  readonly store: Store;
  readonly configuration: StoredConfiguration;
  readonly transactions: Transactions;
  readonly #language: Language;

  constructor(file = ':memory:', spoken: Language = language) {
    this.store = new Store(file, spoken.catalogue);
    this.configuration = new StoredConfiguration(this.store, spoken.catalogue);
    this.transactions = new Transactions(this.configuration);
    this.#language = spoken;
  }

  /** `shared`: how many entries its session may have that are not committed. */
  as(name: string, system?: System, shared?: Shares): Typist {
    return new Typist(this.configuration, name, null, this.#language, system, shared, this.transactions);
  }

  /** As an account of `system admin`, with what its profile allows. */
  asAdministrator(name: string, system?: System, from = fromHere): Typist {
    const row = this.configuration.view.find('system admin', null, name);
    if (row === undefined) throw new Error(`no such administrator: ${name}`);
    const { configuration, transactions } = this;
    return new Typist(configuration, name, row, this.#language, system, entries, transactions, from);
  }

  /** `meanwhile` is called between what she has entered and the commit of it. */
  interrupted(name: string, meanwhile: () => void): Typist {
    return new Typist(new Interrupted(this.configuration, meanwhile), name, null, this.#language);
  }

  async show(what = 'show'): Promise<string> {
    return (await this.as('reader').type(what)).output;
  }

  close(): void {
    this.store.close();
  }
}

export function openLevee(context: TestContext, file?: string, spoken?: Language): Levee {
  const levee = new Levee(file, spoken);
  context.after(() => levee.close());
  return levee;
}

export async function collect(run: (emit: (part: ReplyPart) => void) => Promise<Outcome>): Promise<Reply> {
  let output = '';
  let notices = '';
  const problems: Problem[] = [];
  const outcome = await run((part) => {
    if (part.kind === 'output') output += part.text;
    else if (part.kind === 'notice') notices += part.text;
    else if (part.kind === 'problem') problems.push(part.problem);
  });
  return { outcome, output, notices, problems };
}

/** All that a terminal would show of the problems. */
export function printed({ problems }: Reply): string {
  return problems.map((problem) => printProblem(problem)).join('\n');
}
