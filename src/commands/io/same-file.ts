import { type Stats, statSync } from 'node:fs';

/** Whether both paths lead to one file, by whatever names. */
export function isSameFile(one: string, other: string): boolean {
  return isOne(statOf(one), statOf(other));
}

/** Whether what is open is the file at the path. */
export function isFileOf(open: Stats | undefined, path: string): boolean {
  return isOne(open, statOf(path));
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    // What can't be looked at can't be opened either, which says why.
    return undefined;
  }
}

function isOne(one: Stats | undefined, other: Stats | undefined): boolean {
  return one?.isFile() === true && one.dev === other?.dev && one.ino === other.ino;
}
