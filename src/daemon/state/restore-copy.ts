import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { type Catalogue, loadCatalogue } from '../../../schemas/catalogue.ts';
import { committedIn, type LastRevision } from '../../store/committed-in.ts';
import { reasonOf } from '../../text/reason.ts';
import { fittingStore } from './fitting-store.ts';
import { isLock, takeLock } from './lock.ts';
import { type StateDirectory, traceOfLost } from './state-directory.ts';

/** What SQLite may have beside a database. */
const besides = ['-journal', '-wal', '-shm'];

/** Which revision the database holds now, and where what was in its place is kept; undefined: nothing was. */
export type Restored = { readonly last: LastRevision | undefined; readonly kept: string | undefined };

/** Puts the last good copy in the place of a database that is damaged or missing. Throws, and changes nothing, where it is whole. */
export async function restoreCopy(state: StateDirectory): Promise<Restored> {
  const lock = takeLock(state.lock, 'levee recover');
  if (!isLock(lock)) throw new Error(`${state.path} is in use by ${lock.description}`);
  try {
    const catalogue = await loadCatalogue();
    if (traceOfLost(state) === undefined && isWhole(state.database, catalogue))
      throw new Error(`${state.database} is whole: there is nothing to put in its place`);
    return restore(state, catalogue);
  } finally {
    lock.release();
  }
}

function restore({ database, databaseCopy }: StateDirectory, catalogue: Catalogue): Restored {
  if (!existsSync(databaseCopy))
    throw new Error(`there is no ${databaseCopy}: put a copy of your own at ${database}`);
  const candidate = `${database}-restored`;
  copyFileSync(databaseCopy, candidate);
  try {
    fittingStore(candidate, catalogue).close();
  } catch (error) {
    rmSync(candidate);
    throw new Error(`the copy is no better: ${reasonOf(error)}`, { cause: error });
  }
  const last = committedIn(candidate);
  const kept = `${database}-damaged`;
  const isThere = existsSync(database);
  for (const suffix of ['', ...besides]) {
    if (existsSync(`${database}${suffix}`)) renameSync(`${database}${suffix}`, `${kept}${suffix}`);
  }
  renameSync(candidate, database);
  return { last, kept: isThere ? kept : undefined };
}

function isWhole(database: string, catalogue: Catalogue): boolean {
  if (!existsSync(database)) return false;
  try {
    fittingStore(database, catalogue).close();
    return true;
  } catch {
    // Whatever is wrong with it, it can't be used.
    return false;
  }
}
