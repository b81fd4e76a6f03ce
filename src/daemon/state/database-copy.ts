import { existsSync, rmSync } from 'node:fs';
import { copyFile, rename } from 'node:fs/promises';
import { committedIn } from '../../store/committed-in.ts';
import type { Store } from '../../store/store.ts';
import { reasonOf } from '../../text/reason.ts';
import type { StateDirectory } from './state-directory.ts';

/** Milliseconds from a commit to its copy: whoever makes many at once pays for one. */
const delay = 5000;

/** A copy of the database as it was last good, for the day on which that is damaged. */
export class DatabaseCopy {
  readonly #state: StateDirectory;
  readonly #store: Store;
  readonly #failed: (reason: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #copying: Promise<void> = Promise.resolve();

  /** @param failed hears why it could not be made; then it is what it was before */
  constructor(state: StateDirectory, store: Store, failed: (reason: string) => void) {
    this.#state = state;
    this.#store = store;
    this.#failed = failed;
  }

  /** It is to hold what has been committed, soon. */
  renew(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#copying = this.#copying.then(() => this.#copy());
    }, delay).unref();
  }

  /** As `renew`, where it holds another revision: a process was killed before it could make one. */
  renewIfOld(): void {
    if (this.#revision() !== this.#store.stored.revision) this.renew();
  }

  /** Makes the copy that is due; another may be asked for. */
  async close(): Promise<void> {
    await this.#copying;
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#copy();
  }

  #revision(): number | undefined {
    try {
      return committedIn(this.#state.databaseCopy)?.revision ?? 0;
    } catch {
      // There is none, or it is no database: either way a new one is wanted.
      return undefined;
    }
  }

  async #copy(): Promise<void> {
    const { database, databaseCopy } = this.#state;
    const unfinished = `${databaseCopy}-new`;
    try {
      let written: number;
      do {
        written = this.#store.written;
        await copyFile(database, unfinished);
        // The main thread may have written while the file was copied.
      } while (this.#store.written !== written);
      await rename(unfinished, databaseCopy);
    } catch (error) {
      rmSync(unfinished, { force: true });
      this.#failed(reasonOf(error));
    }
  }
}

/** What is to be done about a database that can't be used, for a person. */
export function remedyFor({ databaseCopy }: StateDirectory): string {
  return existsSync(databaseCopy)
    ? '"levee recover --database" puts the last good copy in its place'
    : 'put a copy of it in its place';
}
