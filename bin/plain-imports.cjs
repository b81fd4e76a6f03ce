// Loaded before everything else, in each thread (bin/runtime). Node asks the file system five times about each import:
// whether it is there, a link or a folder, and of which package. A file of Levee that names another one by its path and
// its extension means that file, and it is TypeScript: to know this saves a fifth of what a start takes.
'use strict';

const { registerHooks } = require('node:module');

registerHooks({
  resolve(specifier, context, next) {
    const isPlain = specifier.endsWith('.ts') && (specifier.startsWith('.') || specifier.startsWith('file:'));
    // It comes as one file, too, and its package names that which loads fifty others.
    if (specifier === 'chevrotain') {
      const found = next(specifier, context);
      return { ...found, url: found.url.replace('/src/api.js', '/chevrotain.mjs') };
    }
    // What nobody imports is what a process or a thread begins with, which may be reached by a link.
    if (!isPlain || context.parentURL === undefined) return next(specifier, context);
    const { href } = new URL(specifier, context.parentURL);
    return { url: href, format: 'module-typescript', shortCircuit: true };
  },
});
