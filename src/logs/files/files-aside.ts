import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** The files that a log was put aside as, the newest first: `attack.log.1`, `attack.log.2`. */
export function filesAside(path: string): string[] {
  return numbersAside(path).map((number) => `${path}.${number}`);
}

/** Makes room for a new file at the path; of the old ones so many stay. Throws where it can't be done. */
export function putAside(path: string, files: number): void {
  for (const number of numbersAside(path).reverse()) {
    if (number >= files) rmSync(`${path}.${number}`, { force: true });
    else renameSync(`${path}.${number}`, `${path}.${number + 1}`);
  }
  renameSync(path, `${path}.1`);
}

/** Removes what was put aside longer ago than so many files. */
export function removeSurplus(path: string, files: number): void {
  for (const number of numbersAside(path)) {
    if (number > files) rmSync(`${path}.${number}`, { force: true });
  }
}

/** Removes the oldest file that was put aside; its path, if there was one. */
export function oldestAside(path: string): string | undefined {
  const oldest = filesAside(path).at(-1);
  if (oldest !== undefined) rmSync(oldest, { force: true });
  return oldest;
}

function numbersAside(path: string): number[] {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && /^[1-9]\d{0,5}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((one, other) => one - other);
}

/** The files of a log that exist, the newest first. */
export function filesOf(path: string): string[] {
  return [path, ...filesAside(path)].filter((file) => existsSync(file));
}
