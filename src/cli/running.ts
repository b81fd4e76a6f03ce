import type { Span, Word } from '../../grammar/statement.ts';
import type { RowId } from '../store/view.ts';
import type { Context } from './context.ts';
import { existingRow } from './keys.ts';
import { canRead } from './permission.ts';
import type { Fault } from './problem.ts';
import { keySuggestions, type Suggestion } from './suggestion.ts';
import type { System } from './system.ts';
import type { Place } from './verb.ts';

const policies = 'server-policy policy';

/** The running system, for an operation that has nothing to say without it. */
export function runningSystem({
  system,
}: Pick<Context, 'system'>): { readonly system: System } | { readonly fault: Fault } {
  if (system !== undefined) return { system };
  const expected = '"levee daemon" or "npm start", and then this command';
  return { fault: { error: 'not-running', word: '', expected } };
}

/** The policy that a word names. */
export function policyNamed(
  context: Context,
  word: Word,
): { readonly id: RowId } | { readonly fault: Fault } {
  return existingRow(context, context.levels.view, context.catalogue.get(policies), null, word);
}

export function policySuggestions(place: Place, prefix: string): readonly Suggestion[] {
  const table = place.catalogue.get(policies);
  return canRead(place, table) ? keySuggestions(place.levels.view, table, null, prefix) : [];
}

/** What the system could not do. */
export function operationFault(error: unknown, span: Span, expected: string): Fault {
  const reason = error instanceof Error ? error.message : String(error);
  return { error: 'operation-failed', word: reason, span, expected };
}
