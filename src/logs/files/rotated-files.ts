import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** The rotated files of a log, the newest first: `attack.log.1`, `attack.log.2`. */
function rotatedFiles(path: string): string[] {
  return rotationNumbers(path).map((number) => `${path}.${number}`);
}

/** The files of a log that exist, the newest first. */
export function filesOf(path: string): string[] {
  return [path, ...rotatedFiles(path)].filter((file) => existsSync(file));
}

/** Makes room for a new file at the path; of the rotated ones so many stay. Throws where it can't be done. */
export function rotate(path: string, files: number): void {
  for (const number of rotationNumbers(path).reverse()) {
    if (number >= files) rmSync(`${path}.${number}`, { force: true });
    else renameSync(`${path}.${number}`, `${path}.${number + 1}`);
  }
  renameSync(path, `${path}.1`);
}

/** Removes the oldest rotated files, so that so many stay. */
export function removeExcess(path: string, files: number): void {
  for (const number of rotationNumbers(path)) {
    if (number > files) rmSync(`${path}.${number}`, { force: true });
  }
}

/** Removes the oldest rotated file. Its path, if there was one. */
export function removeOldest(path: string): string | undefined {
  const oldest = rotatedFiles(path).at(-1);
  if (oldest !== undefined) rmSync(oldest, { force: true });
  return oldest;
}

function rotationNumbers(path: string): number[] {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && /^[1-9]\d{0,5}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((one, other) => one - other);
}
