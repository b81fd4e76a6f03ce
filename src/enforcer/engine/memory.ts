import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import koffi from 'koffi';

let collect: (() => void) | undefined;

/** Frees what nothing of this thread refers to any more: V8 leaves it where it is while nobody needs new memory. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    const exposed: unknown = runInNewContext('gc');
    collect = typeof exposed === 'function' ? () => void exposed() : () => undefined;
  }
  collect();
}

let trim: ((pad: number) => Promise<void>) | undefined;

/**
 * Gives what all threads of the process have freed back to the system: glibc keeps what lies below something that is
 * still in use (malloc_trim(3)). Other C libraries do it by themselves. Takes a moment, on another thread.
 */
export async function returnMemory(): Promise<void> {
  trim ??= findTrim();
  await trim(0);
}

function findTrim(): (pad: number) => Promise<void> {
  try {
    const call = koffi.load(null).func('int malloc_trim(size_t)');
    return (pad) => new Promise((resolve) => call.async(pad, () => resolve()));
  } catch {
    return () => Promise.resolve();
  }
}
