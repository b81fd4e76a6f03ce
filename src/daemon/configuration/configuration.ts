import type { Catalogue } from '../../../schemas/catalogue.ts';
import type { RowId } from '../../../schemas/content.ts';
import { Settings } from '../../cli/session/settings/settings.ts';
import type { Event } from '../../events/events.ts';
import {
  confirmationAwaited,
  guardTripped,
  revisionConfirmed,
  revisionReverted,
} from '../../events/revisions.ts';
import { keepSecrets } from '../../model/changes/rollback.ts';
import { endpointText } from '../../net/endpoint.ts';
import { compileEnforcerSettings, type EnforcerSettings } from '../../policy/enforcer-settings.ts';
import { formerOf } from '../../policy/former.ts';
import type { Snapshot } from '../../policy/snapshot.ts';
import { encodePlan, planOf } from '../../replay/plan.ts';
import type { Author } from '../../store/author.ts';
import type { Confirmation } from '../../store/confirmation.ts';
import type { Draft } from '../../store/draft.ts';
import type { Committed, Store, Written } from '../../store/store.ts';
import type { View } from '../../store/view.ts';
import type {
  CommitOptions,
  CommitReply,
  Configuration,
  Hold,
  Objection,
  PolicyListening,
  Preview,
  Rejection,
} from '../../system/configuration.ts';
import { counted } from '../../text/plural.ts';
import { messageOf } from '../../text/reason.ts';
import { atOnce } from '../../time/time-slice.ts';
import { AwaitedConfirmation } from './awaited-confirmation.ts';
import { type CompiledConfiguration, compileConfiguration } from './compiled-configuration.ts';
import { doorNotices } from './door-notices.ts';
import { lastAdministrators } from './last-administrators.ts';
import { previewOf } from './preview.ts';
import { asRejection, nothingDone, reasonOf } from './rejections.ts';
import { restartNotices } from './restart-notices.ts';
import { scriptNotices } from './script-notices.ts';
import { ShutOutSources } from './shut-out.ts';

/** What of a configuration could not be done that can be of the one in force, as `Apply` tells it. */
type TryOut = (snapshot: Snapshot) => readonly string[];

/** Puts a configuration into force; settles when all of the data plane runs it, with what is new of what can't be done yet. */
type Apply = (compiled: CompiledConfiguration) => Promise<readonly string[]>;

/** Lets a revision stand that was guarded. */
type EndGuard = () => Promise<void>;

/** Hears of each revision, once it is saved, and of those that are forgotten: up to `last`, since only `limit` are kept. */
type Watcher = {
  committed(committed: Committed, author: Author): void;
  forgotten(last: number, limit: number): void;
  happened(event: Event): void;
};

const nobody: Watcher = {
  committed: () => undefined,
  forgotten: () => undefined,
  happened: () => undefined,
};

/** The configuration of this process: commits go into the store and on to the data plane. */
export class StoredConfiguration implements Configuration {
  readonly #store: Store;
  readonly #catalogue: Catalogue;
  readonly #watcher: Watcher;
  readonly #listeners = new Set<(author: Author) => void>();
  readonly #readers = new Set<() => void>();
  readonly #keepers = new Set<() => number>();
  readonly #holds = new Set<Hold>();
  readonly #awaited: AwaitedConfirmation;
  #apply: Apply | undefined;
  readonly #alsoApply: Apply[] = [];
  #endGuard: EndGuard | undefined;
  /** Of the revision that waits for its confirmation, where it is guarded. */
  #shutOut: ShutOutSources | undefined;
  #tryOut: TryOut | undefined;
  #running: EnforcerSettings | undefined;

  constructor(store: Store, catalogue: Catalogue, watcher = nobody) {
    this.#store = store;
    this.#catalogue = catalogue;
    this.#watcher = watcher;
    this.#awaited = new AwaitedConfirmation(store.confirmation, (overdue) => this.#revert(overdue));
  }

  get view(): View {
    return this.#store.stored;
  }

  get history(): Store['history'] {
    return this.#store.history;
  }

  get present(): Store['present'] {
    return this.#store.present;
  }

  /** What stands now, compiled. */
  get compiled(): CompiledConfiguration {
    const compiled = compileConfiguration(this.#catalogue, this.view);
    if (this.#shutOut === undefined) return compiled;
    return { ...compiled, snapshot: { ...compiled.snapshot, former: this.#shutOut.former } };
  }

  /** From now on commits take effect there, too. */
  alsoDrive(apply: Apply): void {
    this.#alsoApply.push(apply);
  }

  /** From now on commits take effect there. `settings` are what it was started with. */
  drive(apply: Apply, endGuard: EndGuard, settings: EnforcerSettings): void {
    this.#apply = apply;
    this.#endGuard = endGuard;
    this.#running = settings;
  }

  /** What would be said of a configuration that takes effect there, and does not yet. */
  tryOutWith(tryOut: TryOut): void {
    this.#tryOut = tryOut;
  }

  check(draft: Draft): readonly Rejection[] {
    const conflicts = this.#conflicts(draft);
    if (conflicts.length > 0) return conflicts;
    const { objections } = compileConfiguration(this.#catalogue, draft);
    return [...objections, ...lastAdministrators(this.view, draft)].map(asRejection);
  }

  notices(draft: Draft): readonly string[] {
    const held = this.#heldAgainst(draft);
    const { settings, snapshot } = compileConfiguration(this.#catalogue, draft);
    const before = compileEnforcerSettings(this.#catalogue, this.view);
    return [
      ...(held === undefined ? [] : [`it can't be committed for now: ${reasonOf(held)}`]),
      ...scriptNotices(draft),
      ...doorNotices(this.#catalogue, draft),
      ...restartNotices(this.#running, before, settings),
      ...(this.#tryOut?.(snapshot) ?? []),
    ];
  }

  commit(draft: Draft, author: Author, options: CommitOptions = {}): CommitReply {
    const held = options.evenHeld === true ? undefined : this.#heldAgainst(draft);
    if (held !== undefined) return nothingDone([held]);
    const conflicts = this.#conflicts(draft);
    if (conflicts.length > 0) return nothingDone(conflicts);
    const { comment = '', confirm, alongside = () => undefined } = options;
    if (confirm === undefined) return this.#write(draft, author, comment, (_, written) => alongside(written));
    const { within, administrator, guard } = confirm;
    if (guard !== null)
      this.#shutOut = new ShutOutSources(formerOf(this.compiled.snapshot, this.view.revision + 1));
    let stored: Confirmation | undefined;
    const reply = this.#write(draft, author, comment, (revision) => {
      const { name, origin } = author;
      stored = this.#awaited.store({ revision, administrator, author: name, origin, guard }, within);
    });
    if (stored !== undefined && reply.revision !== null) {
      this.#awaited.begin(stored, within);
      const { author: user, origin: ui, revision } = stored;
      this.#watcher.happened(
        confirmationAwaited({ user, ui, revision, minutes: Math.ceil(within / 60_000), guard }),
      );
    } else this.#shutOut = undefined;
    return reply;
  }

  /**
   * What is compiled is what was written: with an objection to it, the write is undone. `inside` does what belongs to the
   * same transaction.
   */
  #write(
    draft: Draft,
    author: Author,
    comment: string,
    inside: (revision: number, written: Written) => void,
    administratorsObjections = lastAdministrators(this.view, draft),
  ): CommitReply {
    const notices = [...scriptNotices(draft), ...doorNotices(this.#catalogue, draft)];
    const before = compileEnforcerSettings(this.#catalogue, this.view);
    for (const listener of this.#readers) listener();
    let compiled: CompiledConfiguration | undefined;
    let objections: readonly Objection[] = [];
    let committed: Committed | undefined;
    const accepts = (rowOfDraft: (row: RowId) => RowId, written: Written): boolean => {
      compiled = this.compiled;
      const ofWritten = compiled.objections.map((objection) => ({
        ...objection,
        row: rowOfDraft(objection.row),
      }));
      objections = [...ofWritten, ...administratorsObjections];
      if (objections.length > 0) return false;
      inside(this.view.revision, written);
      return true;
    };
    try {
      committed = this.#store.commit(draft, author, Date.now(), accepts, comment);
    } catch (error) {
      return nothingDone([{ kind: 'not-saved', reason: messageOf(error) }]);
    }
    if (committed === undefined) return nothingDone(objections.map(asRejection));
    if (compiled === undefined) return nothingDone([]);
    const wanted = compiled;
    const drivers = [...(this.#apply === undefined ? [] : [this.#apply]), ...this.#alsoApply];
    this.#watcher.committed(committed, author);
    for (const listener of this.#listeners) listener(author);
    this.#forget();
    return {
      revision: committed.revision,
      rejections: [],
      notices: [...notices, ...restartNotices(this.#running, before, compiled.settings)],
      applied: Promise.all(drivers.map((apply) => apply(wanted))).then((failed) => failed.flat()),
    };
  }

  get awaited(): Configuration['awaited'] {
    const { current, remaining } = this.#awaited;
    if (current === undefined) return undefined;
    const { revision, author, guard: most } = current;
    const guard = most === null ? null : { most, shutOut: this.#shutOut?.count ?? 0 };
    return { revision, author, remaining, guard };
  }

  confirm(
    administrator: RowId | null,
    author: Author,
    evenOfOthers = false,
  ): ReturnType<Configuration['confirm']> {
    const { current } = this.#awaited;
    if (current === undefined) return null;
    if (current.administrator !== administrator && !evenOfOthers)
      return { revision: current.revision, of: current.author };
    const { revision } = current;
    const unsaved = this.#failureToForget();
    if (unsaved !== '') return { unsaved };
    this.#awaited.over();
    if (this.#shutOut !== undefined) void this.#endGuard?.();
    this.#shutOut = undefined;
    this.#watcher.happened(revisionConfirmed({ user: author.name, ui: author.origin, revision }));
    return { revision };
  }

  /** Waits on for a confirmation that was awaited when the process before this one ended. */
  resume(): void {
    this.#awaited.resume();
    const { current } = this.#awaited;
    if (current === undefined || current.guard === null) return;
    const { draft } = atOnce(this.present.to(current.revision - 1));
    const { snapshot } = compileConfiguration(this.#catalogue, draft);
    this.#shutOut = new ShutOutSources(formerOf(snapshot, current.revision));
  }

  /** Another process has it: what waits for a confirmation waits there. */
  leave(): void {
    this.#awaited.over();
  }

  /** The revision that waits refuses a source that the one before would have admitted. */
  shutOut(source: string): void {
    const { current } = this.#awaited;
    const sources = this.#shutOut;
    if (current === undefined || current.guard === null || sources === undefined) return;
    sources.add(source);
    if (sources.count <= current.guard) return;
    const { revision, author: user, origin: ui, guard: most } = current;
    this.#watcher.happened(
      guardTripped({ user, ui, revision, most, count: sources.count, sources: sources.named }),
    );
    this.#revert(current, `it shut out ${counted(sources.count, 'source')}: ${sources.named}`);
  }

  /**
   * A revision is not to stand, as nobody has confirmed it: what was before it comes back, as soon as that can be saved.
   *
   * @param told why it could not be saved before, as was said
   */
  #revert(awaited: Confirmation, why = 'it was not confirmed', told = ''): void {
    const { revision, author: user, origin: ui } = awaited;
    this.#shutOut = undefined;
    const { draft } = atOnce(this.present.to(revision - 1));
    const remarks = keepSecrets(this.#catalogue, draft);
    const comment = `revision ${revision} of ${user} does not stand: ${why}`;
    const author = { name: 'levee', origin: 'confirmation' };
    // What was in force before can be in force again, whoever administers it.
    const { rejections, applied } = this.#write(draft, author, comment, () => this.#awaited.forget(), []);
    // What can't be done of it yet has its own events.
    void applied;
    const [rejection] = rejections;
    const unsaved = rejection?.kind === 'not-saved' ? rejection.reason : this.#failureToForget();
    if (unsaved === '') this.#awaited.over();
    else this.#awaited.later(() => this.#revert(awaited, why, unsaved));
    const failure = rejection === undefined ? unsaved : reasonOf(rejection);
    if (unsaved === '' || unsaved !== told)
      this.#watcher.happened(revisionReverted({ user, ui, revision, why, failure, remarks }));
  }

  /** Why it can't be saved that nobody waits for a confirmation any more; '': it is. */
  #failureToForget(): string {
    try {
      this.#awaited.forget();
      return '';
    } catch (error) {
      return messageOf(error);
    }
  }

  hold(hold: Hold): () => void {
    this.#holds.add(hold);
    return () => this.#holds.delete(hold);
  }

  #heldAgainst(draft: Draft): Rejection | undefined {
    const { awaited } = this;
    if (awaited !== undefined) {
      const { revision, author: by, remaining: within } = awaited;
      return { kind: 'unconfirmed', revision, by, within };
    }
    const hold = [...this.#holds].find((each) => each.draft !== draft);
    return hold && { kind: 'held', by: hold.by, reason: hold.reason };
  }

  preview(draft: Draft): Preview {
    const { snapshot: before } = this.compiled;
    const { snapshot: after } = compileConfiguration(this.#catalogue, draft);
    return previewOf(before, after);
  }

  keep(after: () => number): () => void {
    this.#keepers.add(after);
    return () => this.#keepers.delete(after);
  }

  /** Forgets the oldest revisions beyond the limit that nobody needs any more. */
  #forget(): void {
    const limit = new Settings(this.#catalogue, this.view).revisionLimit;
    const { awaited } = this;
    const confirmed = awaited === undefined ? Number.MAX_SAFE_INTEGER : awaited.revision - 1;
    const needed = Math.min(...[...this.#keepers].map((after) => after()), confirmed);
    const last = this.#store.forget(limit, needed);
    if (last === 0) return;
    this.#watcher.forgotten(last, limit);
    const remove = (): void => {
      if (this.#store.history.removeForgotten()) setImmediate(remove).unref();
    };
    remove();
  }

  beforeRevision(listener: () => void): () => void {
    this.#readers.add(listener);
    return () => this.#readers.delete(listener);
  }

  onRevision(listener: (author: Author) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  listening(draft?: Draft): readonly PolicyListening[] {
    const { snapshot } = compileConfiguration(this.#catalogue, draft ?? this.view);
    return snapshot.policies.map(({ id, enabled, endpoints, unplaced, members }) => ({
      row: id,
      places: enabled ? endpoints.map(endpointText) : [],
      missing: enabled ? unplaced : [],
      servers: members.filter(({ status }) => status === 'enable').length,
    }));
  }

  replayPlan(draft?: Draft): string {
    const { snapshot, settings, logging } = compileConfiguration(this.#catalogue, draft ?? this.view);
    return encodePlan(planOf(snapshot, settings, logging.reportInterval));
  }

  #conflicts(draft: Draft): readonly Rejection[] {
    return this.#store.conflicts(draft).map((conflict) => ({ kind: 'conflict', conflict }));
  }
}
