import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readlinkSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from '../text/reason.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;

/** A directory with this file in it is the state of some Levee. */
export const stateMark = 'levee.lock';

/**
 * What a file is opened for. `read`: a regular one, since to open a pipe without a writer would wait for ever. `stream`:
 * whatever can be read. `create`: one that is not there yet, or a device or a pipe, of which nothing is lost. `overwrite`:
 * likewise, or one that loses what it holds. `append`: one that was created before.
 */
export type Use = 'read' | 'stream' | 'create' | 'overwrite' | 'append';

/** It is there already, and nobody has said that it may be overwritten. */
export class FileExists extends Error {}

/**
 * Opens a file that a person has named; all of them are opened here. Whoever may run Levee as another user must not reach
 * what that user keeps in a state directory: what was opened is looked at, whatever way its name took, before anything is
 * read or written. Returns a descriptor. Throws with the reason why it can't be had.
 */
export function openNamed(name: string, use: Use): number {
  const isWritten = use === 'create' || use === 'overwrite';
  const created = isWritten ? create(name) : undefined;
  const descriptor = created ?? openExisting(name, use);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) refuseStrange(stat, use);
    else refuseState(descriptor, name, created !== undefined);
    // Another of its names may be in a state directory.
    if (stat.isFile() && use !== 'read' && use !== 'stream' && stat.nlink > 1) {
      throw new Error('it has more than one name (hard links)');
    }
    if (stat.isFile() && isWritten && created === undefined) {
      if (use === 'create') throw new FileExists('it is there already');
      ftruncateSync(descriptor);
    }
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Undefined where something of that name is there, be it a link that leads nowhere. */
function create(name: string): number | undefined {
  try {
    return openSync(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  }
}

function openExisting(name: string, use: Use): number {
  if (use === 'read') return openSync(name, O_RDONLY | O_NONBLOCK);
  if (use === 'stream') return openSync(name, O_RDONLY);
  if (use === 'append') return openSync(name, O_WRONLY | O_APPEND | O_NOFOLLOW);
  const there = statSync(name, { throwIfNoEntry: false });
  if (there === undefined) throw new Error('a link that leads nowhere');
  // The names of devices are links to what only this process can see.
  if (!there.isFile()) return openSync(name, O_WRONLY);
  // Behind links it is the file that is replaced; what was a file a moment ago must not be a link now.
  return openSync(realpathSync(name), O_WRONLY | O_NOFOLLOW);
}

function refuseStrange(stat: Stats, use: Use): void {
  if (stat.isDirectory()) throw new Error('a directory');
  if (use === 'read') throw new Error('no regular file');
}

function refuseState(descriptor: number, name: string, isNew: boolean): void {
  const path = pathOf(descriptor, name);
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, stateMark))) {
      if (isNew) rmSync(path);
      throw new Error(`it is in ${folder}, where Levee keeps its own files`);
    }
    if (folder === dirname(folder)) return;
  }
}

/** Where an open file is. What the name leads to by now may be another. */
function pathOf(descriptor: number, name: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  // There is no /proc.
  const path = realpathSync(name);
  const [here, there] = [fstatSync(descriptor), statSync(path)];
  if (here.dev !== there.dev || here.ino !== there.ino) throw new Error('it was replaced under way');
  return path;
}
