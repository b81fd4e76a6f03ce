import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Catalogue } from '../../schemas/catalogue.ts';
import { type Content, type RowId, sameContent } from '../../schemas/content.ts';
import { messageOf } from '../text/reason.ts';
import type { Author } from './author.ts';
import { StoredBlocks } from './blocks.ts';
import { StoredConfirmation } from './confirmation.ts';
import { type Conflict, findConflicts } from './conflicts.ts';
import { checkIntegrity, DamagedDatabase, isDamage, refuseStrayLog } from './damage.ts';
import { difference, type RecordedChange } from './difference.ts';
import type { Draft } from './draft.ts';
import { findMisfit, fingerprintOf } from './fit.ts';
import { History } from './history/history.ts';
import { Past } from './history/past.ts';
import { ageOf, migrate } from './migrations.ts';
import { writePredefined } from './predefined.ts';
import { type Parts, Seal } from './seal.ts';
import { StoredSharing } from './sharing.ts';
import { Stored } from './stored.ts';
import { DraftWriter } from './writing/write.ts';

export type Committed = { readonly revision: number; readonly changes: readonly RecordedChange[] };

/** Which row a row of a draft has become. */
export type Written = (rowOfDraft: RowId) => RowId;

/** Whether what has been written is to be kept. `before` tells which row of the draft a row has been. */
type Accepts = (before: (row: RowId) => RowId, written: Written) => boolean;

/** The configuration in one SQLite file. */
export class Store {
  readonly #file: string;
  readonly #database: Database.Database;
  readonly #inode: bigint | undefined;
  /** All that it holds is of this process. */
  readonly #isNew: boolean;
  readonly #seal: Seal;
  readonly #writer: DraftWriter;
  readonly #isSecret: (table: string, field: string) => boolean;
  readonly #defaultOf: (table: string, field: string) => Content | undefined;
  readonly stored: Stored;
  readonly blocks: StoredBlocks;
  readonly history: History;
  readonly confirmation: StoredConfirmation;
  readonly sharing: StoredSharing;
  /** An earlier Levee has recorded what can't be gone back to: history begins anew. */
  readonly hasLostHistory: boolean;

  /**
   * `file` is created where it does not exist. Throws if it is of a newer Levee, `DamagedDatabase` if it is no database or
   * does not hold what was committed last.
   *
   * @param isShared another process may go on with it: throws where this Levee would bring it to what it knows
   */
  constructor(file: string, catalogue: Catalogue, isShared = false) {
    this.#file = file;
    this.#isSecret = (table, field) =>
      catalogue.anyTable(table)?.fields.get(field)?.meta.secret !== undefined;
    this.#defaultOf = (table, field) => catalogue.anyTable(table)?.fields.get(field)?.meta.default;
    this.#database = openDatabase(file);
    this.#inode = inodeOf(file);
    try {
      // Between commits the file is whole by itself: one that is copied, or put in its place, has no other file to it.
      this.#database.pragma('journal_mode = TRUNCATE');
      this.#database.pragma('synchronous = FULL');
      this.#database.pragma('foreign_keys = ON');
      this.#database.pragma('temp_store = MEMORY');
      // What is replaced or deleted is to be gone, too.
      this.#database.pragma('secure_delete = ON');
      const { isNew, isPresent, remembersSecrets, losesHistory } = ageOf(this.#database);
      this.#isNew = isNew;
      if (isShared && !isPresent) throw new Error(othersCanNotGoOn);
      this.hasLostHistory = losesHistory;
      if (remembersSecrets) this.#database.exec('VACUUM');
      this.#seal = this.#database.transaction(() => this.#prepare(catalogue, isShared))();
      this.stored = new Stored(this.#database);
      this.#writer = new DraftWriter(this.#database);
      this.blocks = new StoredBlocks(this.#database);
      this.history = new History(this.#database);
      this.confirmation = new StoredConfirmation(this.#database);
      this.sharing = new StoredSharing(this.#database);
    } catch (error) {
      this.#database.close();
      throw naming(file, error);
    }
  }

  /** Checks what is there, and brings it to what this Levee knows. */
  #prepare(catalogue: Catalogue, isShared: boolean): Seal {
    const { isSealed, isPresent } = ageOf(this.#database);
    checkIntegrity(this.#database);
    const parts = isSealed ? Seal.check(this.#database) : undefined;
    migrate(this.#database);
    const seal = new Seal(this.#database, isPresent ? parts : undefined);
    const { written } = this;
    writePredefined(this.#database, catalogue);
    if (isShared && this.written !== written) throw new Error(othersCanNotGoOn);
    seal.write();
    return seal;
  }

  /**
   * Throws where the schemas refuse what is stored, because another Levee has written it. `product`: this Levee, in a
   * word; what it has looked at once, and what it commits, fits.
   */
  checkFit(catalogue: Catalogue, product: string): void {
    const schemas = fingerprintOf(catalogue, product);
    const known = this.#database.prepare<[], Buffer>('SELECT schemas FROM fitted').pluck().get();
    if (known?.equals(schemas)) return;
    const misfit = this.#isNew ? undefined : findMisfit(catalogue, this.stored);
    if (misfit !== undefined)
      throw new Error(`${this.#file}: another Levee has written it (${misfit}): run that one`);
    this.#database
      .prepare('INSERT INTO fitted VALUES (0, ?) ON CONFLICT DO UPDATE SET schemas = excluded.schemas')
      .run(schemas);
  }

  /** What stands against committing this draft now; nothing, as long as nobody else has committed. */
  conflicts(draft: Draft): Conflict[] {
    return findConflicts(this.#database, this.stored, draft);
  }

  /** What is stored now, to go to other revisions from. Nothing may be committed meanwhile. */
  get present(): Past {
    return Past.present(this.stored, this.history);
  }

  /**
   * Writes a draft as one revision in one transaction. A draft that changes nothing makes no revision.
   * Throws (and writes nothing) where SQLite can't write: a full disk, a lost file.
   *
   * @param accepts asked once `stored` shows what is written, before that is kept
   * @returns undefined where it was not accepted, and is undone
   */
  commit(draft: Draft, author: Author, now: number): Committed;
  commit(
    draft: Draft,
    author: Author,
    now: number,
    accepts: Accepts,
    comment?: string,
  ): Committed | undefined;
  commit(
    draft: Draft,
    author: Author,
    now: number,
    accepts: Accepts = () => true,
    comment = '',
  ): Committed | undefined {
    const changes = difference(draft, this.#isSecret);
    if (!changes.some((change) => this.#hasEffect(change)))
      return { revision: this.stored.revision, changes: [] };
    // SQLite would go on writing to the file that nobody can open any more.
    if (inodeOf(this.#file) !== this.#inode)
      throw new Error(`${this.#file} was removed or replaced; start Levee again`);
    const before = { revision: this.stored.revision, parts: this.#seal.parts };
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const written = this.#writer.write(draft);
      const { real } = written;
      const revision = this.history.record(changes, written, author, comment, now);
      this.#seal.write();
      this.stored.advance(revision);
      const become: Written = (row) => real.get(row) ?? row;
      if (accepts((row) => rowBefore(row, real), become)) {
        this.#database.exec('COMMIT');
        return {
          revision,
          changes: changes.map((change) => ({ ...change, row: become(change.row) })),
        };
      }
    } catch (error) {
      this.#undo(before);
      throw error;
    }
    this.#undo(before);
    return undefined;
  }

  /** To say of a field what is in force without that changes nothing. */
  #hasEffect({ kind, path, contents }: RecordedChange): boolean {
    if (kind !== 'changed') return true;
    return [...contents].some(([field, [before, after]]) => {
      // What is recorded of another secret looks like that of the one before.
      if (this.#isSecret(path, field)) return true;
      const standard = this.#defaultOf(path, field);
      // What is concealed looks the same, and is another one: what stayed as it was is no change.
      return this.#isSecret(path, field) || !sameContent(before ?? standard, after ?? standard);
    });
  }

  /** SQLite has undone some failures by itself. */
  #undo({ revision, parts }: { readonly revision: number; readonly parts: Parts }): void {
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
    this.#seal.parts = parts;
    this.stored.advance(revision);
  }

  /**
   * Forgets revisions so that at most `limit` are kept, but none after `needed`. Gives the last that is forgotten now; 0:
   * none is.
   */
  forget(limit: number, needed: number): number {
    return this.#database
      .transaction(() => {
        const last = this.history.forget(limit, needed);
        if (last > 0) this.#database.prepare('DELETE FROM seal WHERE revision <= ?').run(last);
        return last;
      })
      .immediate();
  }

  /** Another number after each change that this process has made. */
  get written(): number {
    return Number(this.#database.prepare<[], number>('SELECT total_changes()').pluck().get());
  }

  close(): void {
    this.#database.close();
  }
}

/** Why a database that another process may go on with is not opened. */
export const othersCanNotGoOn =
  'this Levee would change it, and the running one could not go on with that if this one failed: end that one, and start anew';

/** The pending id of a row that has a real one now; any other row keeps its own. */
function rowBefore(row: RowId, real: ReadonlyMap<RowId, RowId>): RowId {
  for (const [pending, written] of real) if (written === row) return pending;
  return row;
}

function inodeOf(file: string): bigint | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
}

function openDatabase(file: string): Database.Database {
  refuseStrayLog(file);
  try {
    return new Database(file);
  } catch (error) {
    throw naming(file, error);
  }
}

/** SQLite's messages do not say which file they are about. */
function naming(file: string, cause: unknown): Error {
  const message = `${file}: ${messageOf(cause)}`;
  return isDamage(cause) ? new DamagedDatabase(message, { cause }) : new Error(message, { cause });
}
