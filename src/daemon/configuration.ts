import type { Catalogue } from '../../schemas/catalogue.ts';
import type { RowId } from '../../schemas/content.ts';
import { type Administrator, administratorsObjection } from '../access/administrators.ts';
import { Settings } from '../cli/session/settings.ts';
import { permissionsOf } from '../model/account.ts';
import { endpointText } from '../net/endpoint.ts';
import type { EnforcerSettings } from '../policy/enforcer-settings.ts';
import { encodePlan, planOf } from '../replay/plan.ts';
import type { Author } from '../store/author.ts';
import type { Draft } from '../store/draft.ts';
import type { Committed, Store } from '../store/store.ts';
import type { View } from '../store/view.ts';
import type {
  CommitReply,
  Configuration,
  Objection,
  PolicyListening,
  Rejection,
} from '../system/configuration.ts';
import { messageOf } from '../text/reason.ts';
import { type CompiledConfiguration, compileConfiguration } from './compiled-configuration.ts';
import { scriptNotices } from './script-notices.ts';

/** Puts a configuration into force; settles when all of the data plane runs it, with what could not be done of it yet. */
type Apply = (compiled: CompiledConfiguration) => Promise<readonly string[]>;

/** Hears of each revision, once it is saved, and of those that are forgotten: up to `last`, since only `limit` are kept. */
type Watcher = {
  committed(committed: Committed, author: Author): void;
  forgotten(last: number, limit: number): void;
};

const nobody: Watcher = { committed: () => undefined, forgotten: () => undefined };

/** The configuration of this process: commits go into the store and on to the data plane. */
export class StoredConfiguration implements Configuration {
  readonly #store: Store;
  readonly #catalogue: Catalogue;
  readonly #watcher: Watcher;
  readonly #listeners = new Set<(author: Author) => void>();
  readonly #readers = new Set<() => void>();
  readonly #keepers = new Set<() => number>();
  #apply: Apply | undefined;
  #running: EnforcerSettings | undefined;

  constructor(store: Store, catalogue: Catalogue, watcher = nobody) {
    this.#store = store;
    this.#catalogue = catalogue;
    this.#watcher = watcher;
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
    return compileConfiguration(this.#catalogue, this.view);
  }

  /** From now on commits take effect there. `settings` are what it was started with. */
  drive(apply: Apply, settings: EnforcerSettings): void {
    this.#apply = apply;
    this.#running = settings;
  }

  check(draft: Draft): readonly Rejection[] {
    const conflicts = this.#conflicts(draft);
    if (conflicts.length > 0) return conflicts;
    const { objections } = compileConfiguration(this.#catalogue, draft);
    return [...objections, ...this.#administratorsObjections(draft)].map(asRejection);
  }

  /** What is compiled is what was written: with an objection to it, the write is undone. */
  commit(draft: Draft, author: Author, comment = ''): CommitReply {
    const conflicts = this.#conflicts(draft);
    if (conflicts.length > 0) return nothingDone(conflicts);
    const administratorsObjections = this.#administratorsObjections(draft);
    const scripts = scriptNotices(draft);
    for (const listener of this.#readers) listener();
    let compiled: CompiledConfiguration | undefined;
    let objections: readonly Objection[] = [];
    let committed: Committed | undefined;
    const accepts = (rowOfDraft: (row: RowId) => RowId): boolean => {
      compiled = this.compiled;
      const ofWritten = compiled.objections.map((objection) => ({
        ...objection,
        row: rowOfDraft(objection.row),
      }));
      objections = [...ofWritten, ...administratorsObjections];
      return objections.length === 0;
    };
    try {
      committed = this.#store.commit(draft, author, Date.now(), accepts, comment);
    } catch (error) {
      return nothingDone([{ kind: 'not-saved', reason: messageOf(error) }]);
    }
    if (committed === undefined) return nothingDone(objections.map(asRejection));
    if (compiled === undefined) return nothingDone([]);
    this.#watcher.committed(committed, author);
    for (const listener of this.#listeners) listener(author);
    this.#forget();
    return {
      revision: committed.revision,
      rejections: [],
      notices: [...scripts, ...this.#restartNotices(compiled.settings)],
      applied: this.#apply?.(compiled) ?? Promise.resolve([]),
    };
  }

  keep(after: () => number): () => void {
    this.#keepers.add(after);
    return () => this.#keepers.delete(after);
  }

  /** Forgets the oldest revisions beyond the limit that nobody needs any more. */
  #forget(): void {
    const limit = new Settings(this.#catalogue, this.view).revisionLimit;
    const needed = Math.min(...[...this.#keepers].map((after) => after()), Number.MAX_SAFE_INTEGER);
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

  #administratorsObjections(draft: Draft): Objection[] {
    const touches = [...draft.changes].some(({ table }) => table === administrators || table === profiles);
    if (!touches) return [];
    const objection = administratorsObjection(administratorsOf(this.view), administratorsOf(draft));
    if (objection === undefined) return [];
    const { last, reason } = objection;
    return last.map(({ row, name }) => ({ error: 'last-administrator', row, name, reason }));
  }

  /** Settings that the running enforcer can't take over are said to wait, never ignored. */
  #restartNotices({ workers, engine, sourcesTableSize }: EnforcerSettings): string[] {
    const running = this.#running;
    if (running === undefined) return [];
    const isSame =
      workers === running.workers &&
      engine === running.engine &&
      sourcesTableSize === running.sourcesTableSize;
    return isSame
      ? []
      : ['"system enforcer" is saved; the running enforcer takes it over when it starts again'];
  }
}

const administrators = 'system admin';
const profiles = 'system accprofile';

function administratorsOf(view: View): Administrator[] {
  return view
    .rows(administrators, null)
    .map(({ id, key }) => ({ row: id, name: key, permissions: permissionsOf(view, id) }));
}

function asRejection(objection: Objection): Rejection {
  return { kind: 'objection', objection };
}

function nothingDone(rejections: readonly Rejection[]): CommitReply {
  return { revision: null, rejections, notices: [], applied: Promise.resolve([]) };
}
