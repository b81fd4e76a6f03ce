import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Options of V8 are of the whole process: another thread that does the same may have withdrawn it in between. */
const tries = 100;

let exposedCollection: (() => void) | undefined;

/** Frees what nothing of this thread refers to any more: V8 leaves it where it is while nobody needs new memory. */
export function collect(): void {
  for (let count = 0; exposedCollection === undefined && count < tries; count++)
    exposedCollection = exposed();
  exposedCollection?.();
}

function exposed(): (() => void) | undefined {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('globalThis.gc');
  // With it Node would compile its own modules anew in each thread that starts from now on.
  setFlagsFromString('--no-expose-gc');
  return typeof found === 'function' ? () => void found() : undefined;
}
