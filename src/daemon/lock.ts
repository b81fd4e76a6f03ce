import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import koffi from 'koffi';

const LOCK_EX = 2;
const LOCK_NB = 4;

export type Lock = { release(): void };

/** Who holds the lock now, in words; it may be gone by the time that this is read. */
export type Holder = { readonly description: string };

/**
 * Takes the lock of a state directory. It belongs to this process, and the kernel frees it at the process's death,
 * whatever the cause (flock(2); descriptors that Node opens do not pass to children).
 */
export function takeLock(file: string, description: string): Lock | Holder {
  const descriptor = openSync(file, 'a+', 0o600);
  const flock = koffi.load(null).func('int flock(int, int)');
  const result: unknown = flock(descriptor, LOCK_EX | LOCK_NB);
  if (result !== 0) {
    closeSync(descriptor);
    return { description: readFileSync(file, 'utf8').trim() || 'another process' };
  }
  ftruncateSync(descriptor);
  writeSync(descriptor, `process ${process.pid} (${description})\n`);
  return {
    release() {
      ftruncateSync(descriptor);
      closeSync(descriptor);
    },
  };
}

export function isLock(result: Lock | Holder): result is Lock {
  return 'release' in result;
}
