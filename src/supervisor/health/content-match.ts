import { type Context, createContext, Script } from 'node:vm';

/** Milliseconds for one match: an expression that backtracks without end must not hold the main thread. */
const patience = 500;

const script = new Script('new RegExp(expression).test(text)');
let context: Context | undefined;

/**
 * Whether an expression matches somewhere in a text.
 *
 * @throws Error when that takes too long to find out
 */
export function matches(expression: string, text: string): boolean {
  context ??= createContext(Object.create(null));
  Object.assign(context, { expression, text });
  try {
    return script.runInContext(context, { timeout: patience }) === true;
  } finally {
    context['text'] = '';
  }
}
