import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let exposedCollection: (() => void) | undefined;

/** Frees what nothing of this thread refers to any more: V8 leaves it where it is while nobody needs new memory. */
export function collect(): void {
  if (exposedCollection === undefined) {
    setFlagsFromString('--expose-gc');
    const exposed: unknown = runInNewContext('gc');
    // With it Node would compile its own modules anew in each thread that starts from now on.
    setFlagsFromString('--no-expose-gc');
    exposedCollection = typeof exposed === 'function' ? () => void exposed() : () => undefined;
  }
  exposedCollection();
}
