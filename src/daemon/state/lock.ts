import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import koffi from 'koffi';

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;

export type Lock = {
  /** What the system has locked: it stays so while any process has this descriptor, or a copy of it. */
  readonly descriptor: number;
  /** Describes this process to others, once more where another one has described itself. */
  describe(): void;
  release(): void;
  /** Another process has it from now on. */
  leave(): void;
};

/** Who holds the lock now, in words; it may be gone by the time that this is read. */
export type Holder = { readonly description: string };

/**
 * Takes the lock of a state directory: of the directory itself, so that nobody can remove what is locked and lock
 * another. It belongs to this process, and the kernel frees it at the process's death, whatever the cause (flock(2);
 * descriptors that Node opens do not pass to children).
 *
 * @param file in that directory, where the holder describes itself to others
 */
export function takeLock(file: string, description: string): Lock | Holder {
  const directory = openSync(dirname(file), 'r');
  const flock = koffi.load(null).func('int flock(int, int)');
  const result: unknown = flock(directory, LOCK_EX | LOCK_NB);
  if (result !== 0) {
    closeSync(directory);
    const written = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    return { description: written || 'another process' };
  }
  return adoptLock(file, description, directory);
}

/** Whether a process has the lock of a state directory now. */
export function isHeld(file: string): boolean {
  const directory = openSync(dirname(file), 'r');
  const flock = koffi.load(null).func('int flock(int, int)');
  const result: unknown = flock(directory, LOCK_SH | LOCK_NB);
  closeSync(directory);
  return result !== 0;
}

/** The lock that another process has taken, and hands over with its descriptor. */
export function adoptLock(file: string, description: string, directory: number): Lock {
  const holder = openSync(file, 'a+', 0o600);
  const describe = (): void => {
    ftruncateSync(holder);
    writeSync(holder, `process ${process.pid} (${description})\n`);
  };
  describe();
  const leave = (): void => {
    closeSync(holder);
    closeSync(directory);
  };
  return {
    descriptor: directory,
    describe,
    release() {
      ftruncateSync(holder);
      leave();
    },
    leave,
  };
}

export function isLock(result: Lock | Holder): result is Lock {
  return 'release' in result;
}
