import asyncHooks from 'node:async_hooks';

/**
 * Loaded before all tests, not before single files. Node's runner follows every promise, so that it can say of a stray
 * error in which test it arose: a tenth of what tests compute. Without, such an error still fails its file; running that
 * file alone says the test.
 */
const { createHook } = asyncHooks;
Object.assign(asyncHooks, {
  createHook: (callbacks: asyncHooks.HookCallbacks) => createHook({ ...callbacks, trackPromises: false }),
});
