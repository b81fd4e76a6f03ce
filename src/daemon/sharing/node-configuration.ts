import type { Catalogue } from '../../../schemas/catalogue.ts';
import type { RowId } from '../../../schemas/content.ts';
import type { SecretKey } from '../../access/secret-key.ts';
import { Settings } from '../../cli/session/settings/settings.ts';
import { digestOf, type Image } from '../../cluster/configuration/image.ts';
import type { OwnConfiguration, Shared, Taken } from '../../cluster/configuration/own-configuration.ts';
import { ofOneRevision } from '../../model/changes/of-one-revision.ts';
import type { Draft } from '../../store/draft.ts';
import type { StoredSharing, StoredStanding } from '../../store/sharing.ts';
import type { Written } from '../../store/store.ts';
import { quote } from '../../text/quote.ts';
import { inTurns } from '../../time/time-slice.ts';
import type { StoredConfiguration } from '../configuration/configuration.ts';
import { reasonOf } from '../configuration/rejections.ts';
import { draftTo, type Reached } from './draft-to.ts';
import { imageOf } from './image-of.ts';
import { misfitOf } from './misfit.ts';
import { SharedIds } from './shared-ids.ts';
import { isShared, SharingFault } from './shared-tables.ts';
import { keptStanding, readStanding } from './standing.ts';

/** Revisions that are looked through for who has changed what is shared. */
const lookedThrough = 200;

/** Of revisions that came from another node: what they come from begins so. */
const fromNode = 'node ';

type Parts = {
  readonly catalogue: Catalogue;
  readonly configuration: StoredConfiguration;
  readonly stored: StoredSharing;
  readonly secretKey: SecretKey;
  /** Whether the database is another process's: then nothing is written there, and that process begins where this one is. */
  readonly isLeft: () => boolean;
};

/** The stored configuration of this node, as one that nodes have in common. */
export class NodeConfiguration implements OwnConfiguration {
  readonly #parts: Parts;
  #loadedIds: SharedIds | undefined;
  /** Null: there is none; undefined: it was not looked for yet. */
  #standing: { readonly shared: Shared; readonly revision: number } | null | undefined;
  /** What is committed just now comes from others. */
  #isTaking = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get standing(): Shared | null {
    return this.#loaded?.shared ?? null;
  }

  get revision(): number {
    return this.#parts.configuration.view.revision;
  }

  get isShared(): boolean {
    return this.#settings.sharesConfiguration;
  }

  get waits(): string {
    const { awaited } = this.#parts.configuration;
    return awaited === undefined
      ? ''
      : `revision ${awaited.revision} waits to be confirmed by ${quote(awaited.author)}`;
  }

  get isTaking(): boolean {
    return this.#isTaking;
  }

  /**
   * Where it is not to be shared any more, what was in common is forgotten: a node that shares again has one of its own as
   * any that comes, and somebody decides which stands.
   */
  part(): void {
    const { stored, isLeft } = this.#parts;
    if (this.#standing === null || isLeft() || this.#settings.wantsSharedConfiguration) return;
    stored.clear();
    this.#standing = null;
  }

  get #settings(): Settings {
    const { catalogue, configuration } = this.#parts;
    return new Settings(catalogue, configuration.view);
  }

  /** What a row is called on all nodes; undefined: it has no such name (yet). */
  sharedId(row: RowId): string | undefined {
    return this.#loaded === null ? undefined : this.#ids.known(row);
  }

  get author(): OwnConfiguration['author'] {
    const { catalogue, configuration } = this.#parts;
    const since = this.#loaded?.revision ?? 0;
    const isOfAll = (path: string): boolean => {
      const table = catalogue.anyTable(path);
      return table !== undefined && isShared(table);
    };
    const last = configuration.history
      .list(lookedThrough)
      .find(
        ({ number, origin, tables }) =>
          number > since && !origin.startsWith(fromNode) && (tables === null || tables.keys().some(isOfAll)),
      );
    return last === undefined ? null : { author: last.author, origin: last.origin, comment: last.comment };
  }

  async image(): Promise<Image> {
    const { configuration } = this.#parts;
    const image = await ofOneRevision(configuration, () => imageOf(this.#shareable, configuration.view));
    if (!this.#parts.isLeft()) this.#ids.save();
    return image;
  }

  async differsFrom(image: Image): Promise<boolean> {
    try {
      const { draft } = await this.#reach(image);
      return !draft.isIdle;
    } catch (error) {
      if (error instanceof SharingFault) return true;
      throw error;
    }
  }

  /** A draft that takes it over. Rejects with a SharingFault where the image says what can't be said here. */
  async #reach(image: Image): Promise<Reached> {
    const { configuration } = this.#parts;
    return await ofOneRevision(configuration, () => draftTo(this.#shareable, configuration.view, image));
  }

  /** What would change. Rejects with a SharingFault where the image says what can't be said here. */
  async difference(image: Image): Promise<Draft> {
    const { draft } = await this.#reach(image);
    return draft;
  }

  async take(image: Image, standing: Shared, revision: number): Promise<Taken> {
    const { catalogue, configuration, secretKey } = this.#parts;
    let reached: Reached;
    let kept: Omit<StoredStanding, 'revision'>;
    try {
      reached = await this.#reach(image);
      kept = await keptStanding(standing, secretKey);
    } catch (error) {
      if (error instanceof SharingFault) return { fault: error.message };
      throw error;
    }
    const { draft } = reached;
    const isSame = (await inTurns(digestOf(image))) === standing.head.digest;
    const misfit = await ofOneRevision(configuration, () => misfitOf(catalogue, draft));
    if (this.revision !== revision || this.#parts.isLeft()) return 'changed-meanwhile';
    if (misfit !== undefined) return { fault: misfit };
    const keep = (written: Written): void => {
      this.#name(image, reached.rows, written);
      this.#stand(standing, { ...kept, revision: isSame ? this.revision : (this.#loaded?.revision ?? 0) });
    };
    const { author, origin, node, number, comment } = standing.head;
    this.#isTaking = true;
    const reply = configuration.commit(
      draft,
      { name: author, origin: `${fromNode}${quote(node)}, ${origin}` },
      { comment: `shared revision ${number}${comment === '' ? '' : `: ${comment}`}`, alongside: keep },
    );
    this.#isTaking = false;
    const [rejection] = reply.rejections;
    if (rejection !== undefined) {
      // What was to be kept with it may not have been.
      this.#loadedIds = undefined;
      this.#standing = undefined;
      return { fault: reasonOf(rejection) };
    }
    if (reply.revision === null || this.revision === revision) keep((row) => row);
    await reply.applied;
    return 'taken';
  }

  async stand(standing: Shared, revision: number): Promise<void> {
    this.#stand(standing, { ...(await keptStanding(standing, this.#parts.secretKey)), revision });
  }

  #stand(shared: Shared, kept: StoredStanding): void {
    const { stored, isLeft } = this.#parts;
    if (!isLeft()) stored.set(kept);
    this.#standing = { shared, revision: kept.revision };
  }

  /** Rows get the ids that they have in an image, once it is written. */
  #name(image: Image, rows: Reached['rows'], written: Written): void {
    const { catalogue } = this.#parts;
    for (const { id, table, key } of image) {
      if (catalogue.tableOf(table).key === undefined) continue;
      const row = written(rows.get(id) ?? 0);
      if (row <= 0) throw new Error(`${table} ${quote(key)} was not written`);
      this.#ids.give(row, id);
    }
    this.#ids.save();
  }

  get #loaded(): { readonly shared: Shared; readonly revision: number } | null {
    const { stored, secretKey } = this.#parts;
    if (this.#standing === undefined) {
      const kept = stored.get();
      this.#standing =
        kept === undefined ? null : { shared: readStanding(kept, secretKey), revision: kept.revision };
    }
    return this.#standing;
  }

  get #ids(): SharedIds {
    this.#loadedIds ??= new SharedIds(this.#parts.stored);
    return this.#loadedIds;
  }

  get #shareable(): Parameters<typeof imageOf>[0] {
    const { catalogue, secretKey } = this.#parts;
    return { catalogue, secretKey, ids: this.#ids };
  }
}
