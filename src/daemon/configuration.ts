import type { Catalogue } from '../../schemas/catalogue.ts';
import { type Administrator, administratorsObjection } from '../access/administrators.ts';
import { permissionsOf } from '../model/account.ts';
import { compile, policyObjections } from '../policy/compile.ts';
import { compileEnforcerSettings, type EnforcerSettings } from '../policy/enforcer-settings.ts';
import { compileLogging, type LoggingSettings } from '../policy/logging/logging.ts';
import type { Snapshot } from '../policy/snapshot.ts';
import { encodePlan, planOf } from '../replay/plan.ts';
import type { Draft } from '../store/draft.ts';
import type { Author, Committed, Store } from '../store/store.ts';
import type { View } from '../store/view.ts';
import type { CommitReply, Configuration, Objection, Rejection } from '../system/configuration.ts';
import { messageOf } from '../text/reason.ts';

/** Puts a snapshot into force; settles when all of the data plane runs it, with what could not be done of it yet. */
type Apply = (snapshot: Snapshot) => Promise<readonly string[]>;

/** Hears of each revision, once it is saved. */
type Watch = (committed: Committed, author: Author) => void;

/** The configuration of this process: commits go into the store and on to the data plane. */
export class StoredConfiguration implements Configuration {
  readonly #store: Store;
  readonly #catalogue: Catalogue;
  readonly #watch: Watch;
  #apply: Apply | undefined;
  #running: EnforcerSettings | undefined;

  constructor(store: Store, catalogue: Catalogue, watch: Watch = () => {}) {
    this.#store = store;
    this.#catalogue = catalogue;
    this.#watch = watch;
  }

  get view(): View {
    return this.#store.stored;
  }

  get snapshot(): Snapshot {
    return compile(this.#catalogue, this.view);
  }

  get enforcerSettings(): EnforcerSettings {
    return compileEnforcerSettings(this.#catalogue, this.view);
  }

  get logging(): LoggingSettings {
    return compileLogging(this.#catalogue, this.view).settings;
  }

  /** From now on commits take effect there. `settings` are what it was started with. */
  drive(apply: Apply, settings: EnforcerSettings): void {
    this.#apply = apply;
    this.#running = settings;
  }

  check(draft: Draft): readonly Rejection[] {
    const conflicts = this.#store.conflicts(draft);
    if (conflicts.length > 0) return conflicts.map((conflict) => ({ kind: 'conflict', conflict }));
    const taken = policyObjections(this.#catalogue, draft).map(
      ({ row, policy, reason }): Objection => ({
        error: 'policy-not-applicable',
        row,
        name: policy,
        reason,
      }),
    );
    const unset = compileLogging(this.#catalogue, draft).objections.map(
      ({ row, field, reason }): Objection => ({ error: 'must-be-set', row, name: field, reason }),
    );
    return [...taken, ...unset, ...this.#administratorsObjections(draft)].map((objection) => ({
      kind: 'objection',
      objection,
    }));
  }

  commit(draft: Draft, author: Author): CommitReply {
    const rejections = this.check(draft);
    if (rejections.length > 0) return refused(rejections);
    let committed: Committed;
    try {
      committed = this.#store.commit(draft, author, Date.now());
    } catch (error) {
      const reason = messageOf(error);
      return refused([{ kind: 'not-saved', reason }]);
    }
    const changed = committed.changes.length > 0;
    if (changed) this.#watch(committed, author);
    const applied = changed && this.#apply !== undefined ? this.#apply(this.snapshot) : Promise.resolve([]);
    return { rejections: [], notices: changed ? this.#restartNotices() : [], applied };
  }

  replayPlan(draft?: Draft): string {
    const source = draft ?? this.view;
    const { settings } = compileLogging(this.#catalogue, source);
    return encodePlan(
      planOf(
        compile(this.#catalogue, source),
        compileEnforcerSettings(this.#catalogue, source),
        settings.reportInterval,
      ),
    );
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
  #restartNotices(): string[] {
    const running = this.#running;
    if (running === undefined) return [];
    const { workers, sourcesTableSize } = this.enforcerSettings;
    return workers === running.workers && sourcesTableSize === running.sourcesTableSize
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

function refused(rejections: readonly Rejection[]): CommitReply {
  return { rejections, notices: [], applied: Promise.resolve([]) };
}
