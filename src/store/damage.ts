import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { codeOf } from '../text/reason.ts';

/** The file is not what Levee has written: it is not opened, and another copy of it is wanted. */
export class DamagedDatabase extends Error {}

/** What SQLite finds wrong with a file itself, apart from what stands against any: permissions, a full disk. */
const damages: ReadonlySet<string> = new Set([
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
  'SQLITE_FORMAT',
  'SQLITE_ERROR',
]);

export function isDamage(error: unknown): boolean {
  // An extended code goes on behind the plain one.
  const code = codeOf(error)?.split('_', 2).join('_') ?? '';
  return error instanceof DamagedDatabase || damages.has(code);
}

/** Throws where the file is broken, indexes included: these could find other rows than the tables hold. */
export function checkIntegrity(database: Database): void {
  const fault = database.pragma('integrity_check(1)', { simple: true });
  if (fault !== 'ok') throw new DamagedDatabase(`its bytes have changed: ${String(fault)}`);
}

/**
 * SQLite applies the write-ahead log that lies beside a database, whatever that is of. A database of Levee has none, but
 * for one that an early version has left; any other belongs to the file that was there before this one was put there.
 */
export function refuseStrayLog(file: string): void {
  const log = `${file}-wal`;
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0 && readVersion(file) !== walVersion)
    throw new Error(`${log} belongs to another database than ${file}: remove it`);
}

const walVersion = 2;

/** How a database is to be read, of its header (https://www.sqlite.org/fileformat.html, 1.3.3). */
function readVersion(file: string): number | undefined {
  const descriptor = openSync(file, 'r');
  try {
    const header = Buffer.alloc(20);
    readSync(descriptor, header, 0, header.length, 0);
    return header[19];
  } finally {
    closeSync(descriptor);
  }
}
