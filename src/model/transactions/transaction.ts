import type { RowId } from '../../../schemas/content.ts';
import type { Author } from '../../store/author.ts';
import { Draft } from '../../store/draft.ts';
import type { View } from '../../store/view.ts';
import type { CommitReply, Configuration, Rejection } from '../../system/configuration.ts';
import { timeText } from '../../time/log-time.ts';

/** The session that works in a transaction. `id`, `since` (milliseconds since 1970): as the list of sessions has it, if it does. */
export type WorkingSession = {
  /** Its name follows the account. */
  readonly author: Author;
  readonly listed: { readonly id: number; readonly since: number } | undefined;
};

/** What is entered over several saves, to go live at once. It is a value in memory: its session may go, and another come. */
export class Transaction {
  readonly id: number;
  /** Whose it is; null: Levee itself. */
  readonly administrator: RowId | null;
  readonly author: Author;
  /** Nobody else commits meanwhile. It ends where nobody works in it any more. */
  isExclusive: boolean;
  /** Milliseconds since 1970. */
  readonly begun: number;
  readonly draft: Draft;
  /** What a session works with that adds to it: what it saves goes here. */
  readonly configuration: Configuration;
  /** Null: nobody works in it. */
  session: WorkingSession | null = null;
  /** When it was last worked in, on the clock of whoever keeps it. */
  used: number;

  constructor(
    id: number,
    administrator: RowId | null,
    author: Author,
    isExclusive: boolean,
    committed: Configuration,
    now: { readonly wall: number; readonly monotonic: number },
  ) {
    this.id = id;
    this.administrator = administrator;
    this.author = { ...author };
    this.isExclusive = isExclusive;
    this.begun = now.wall;
    this.used = now.monotonic;
    this.draft = new Draft(committed.view);
    this.configuration = new InTransaction(this.draft, committed);
  }

  /** In whose hands it is, in a few words: `session 3 of anna`. Who reads that may be anna, in another one. */
  get holder(): string {
    const { id, author, session } = this;
    if (session === null) return `transaction ${id} of ${author.name}`;
    const { listed } = session;
    return `${listed === undefined ? 'a session' : `session ${listed.id}`} of ${session.author.name}`;
  }

  /** Of the session that works in it, as the list of sessions has it; '': none does. */
  get whence(): string {
    if (this.session === null) return '';
    const { author, listed } = this.session;
    return `from ${author.origin}${listed === undefined ? '' : ` since ${timeText(listed.since)}`}`;
  }
}

/** A configuration to which commits add, without being in force. */
class InTransaction implements Configuration {
  readonly #draft: Draft;
  readonly #committed: Configuration;

  constructor(draft: Draft, committed: Configuration) {
    this.#draft = draft;
    this.#committed = committed;
  }

  get view(): View {
    return this.#draft;
  }

  get history(): Configuration['history'] {
    return this.#committed.history;
  }

  get present(): Configuration['present'] {
    return this.#committed.present;
  }

  get awaited(): Configuration['awaited'] {
    return this.#committed.awaited;
  }

  check(draft: Draft): readonly Rejection[] {
    return this.#committed.check(this.#with(draft));
  }

  notices(draft: Draft): readonly string[] {
    return this.#committed.notices(this.#with(draft));
  }

  commit(draft: Draft): CommitReply {
    this.#draft.merge(draft);
    return { revision: 'pending', rejections: [], notices: [], applied: Promise.resolve([]) };
  }

  confirm(...whose: Parameters<Configuration['confirm']>): ReturnType<Configuration['confirm']> {
    return this.#committed.confirm(...whose);
  }

  hold(by: Parameters<Configuration['hold']>[0]): () => void {
    return this.#committed.hold(by);
  }

  keep(after: () => number): () => void {
    return this.#committed.keep(after);
  }

  onRevision(listener: (author: Author) => void): () => void {
    return this.#committed.onRevision(listener);
  }

  beforeRevision(listener: () => void): () => void {
    return this.#committed.beforeRevision(listener);
  }

  preview(draft: Draft): ReturnType<Configuration['preview']> {
    return this.#committed.preview(this.#with(draft));
  }

  listening(draft?: Draft): ReturnType<Configuration['listening']> {
    return this.#committed.listening(draft === undefined ? this.#draft : this.#with(draft));
  }

  replayPlan(draft?: Draft): string {
    return this.#committed.replayPlan(draft === undefined ? this.#draft : this.#with(draft));
  }

  /** All that is pending, with a draft over it, over what is committed. */
  #with(draft: Draft): Draft {
    const all = new Draft(this.#committed.view);
    all.merge(this.#draft);
    all.merge(draft);
    return all;
  }
}
