import Database from 'better-sqlite3';

/** The last revision that a database file holds, and who committed it. */
export type LastRevision = { readonly revision: number; readonly time: number; readonly author: string };

/** Of a file that nobody has open. Throws where it can't be read; undefined: nothing has been committed to it. */
export function committedIn(file: string): LastRevision | undefined {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return database
      .prepare<[], LastRevision>('SELECT id AS revision, time, author FROM revision ORDER BY id DESC LIMIT 1')
      .get();
  } finally {
    database.close();
  }
}
