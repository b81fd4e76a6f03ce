import { join } from 'node:path';

/** Where the records of a kind are written. */
export function logFile(folder: string, kind: string): string {
  return join(folder, `${kind}.log`);
}
