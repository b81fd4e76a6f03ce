import { createContext, Script } from 'node:vm';

/** Milliseconds for one match: an expression that backtracks without end must not hold the main thread. */
const PATIENCE = 100;

const script = new Script('new RegExp(expression).test(text)');

/**
 * Whether an expression matches somewhere in a text.
 *
 * @throws Error when that takes too long to find out
 */
export const matches = (expression: string, text: string): boolean => {
  const context = createContext(Object.assign(Object.create(null), { expression, text }));
  return script.runInContext(context, { timeout: PATIENCE }) === true;
};
