import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** zod, loaded when the first text is read: most commands that are run once read none. */
export const zod = once((): typeof import('zod') => require('zod'));

/** What `make` gives at the first call, at each call. */
export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
