import { createRequire, registerHooks } from 'node:module';
import { once } from './once.ts';

const require = createRequire(import.meta.url);

/** zod, loaded when the first text is read: most commands that are run once read none. */
export const zod = once((): typeof import('zod') => {
  // Its messages in fifty languages, none of which Levee shows, take as long as all the rest: it gets one.
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier.replace(/\/locales\/index\.cjs$/, '/locales/en.cjs'), context),
  });
  try {
    return require('zod');
  } finally {
    hooks.deregister();
  }
});
