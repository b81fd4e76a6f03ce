import type { Span, Word } from '../../../grammar/word.ts';
import type { RowId } from '../../../schemas/content.ts';
import { canRead } from '../../model/permission.ts';
import { findRow } from '../../model/rows/keys.ts';
import type { System } from '../../system/system.ts';
import { messageOf } from '../../text/reason.ts';
import { type Fault, superfluous } from '../faults/problem.ts';
import { atWord } from '../faults/spanned.ts';
import type { Context, Position } from '../session/context.ts';
import { keySuggestions, type Suggest, type Suggestion } from '../typing/suggestion.ts';

const policies = 'server-policy policy';

/** Of an operation that has nothing to say where no enforcer runs. */
export const notRunning: Fault = {
  error: 'not-running',
  word: '',
  expected: '"levee daemon" for this state directory, and then this command',
};

/** The running system, for an operation that has nothing to say without it. */
export function runningSystem({
  system,
}: Pick<Context, 'system'>): { readonly system: System } | { readonly fault: Fault } {
  return system === undefined ? { fault: notRunning } : { system };
}

/** The same for an operation that takes no words. */
export function runningSystemAlone(
  context: Pick<Context, 'system'>,
  [extra]: readonly Word[],
): ReturnType<typeof runningSystem> {
  return extra === undefined ? runningSystem(context) : { fault: superfluous(extra) };
}

/** The policy that a word names. */
export function policyNamed(
  context: Context,
  word: Word,
): { readonly id: RowId } | { readonly fault: Fault } {
  const { levels, model } = context;
  const policy = { table: model.catalogue.get(policies), parent: null };
  const found = findRow(model, levels.view, policy, word.text);
  return 'fault' in found ? { fault: atWord(found.fault, { key: word }) } : found;
}

type Refused = { readonly fault: Fault };

/** The policy that a word names, and the system that runs it. */
export function runningPolicy(
  context: Context,
  word: Word,
): { readonly id: RowId; readonly system: System } | Refused {
  const named = policyNamed(context, word);
  if ('fault' in named) return named;
  const running = runningSystem(context);
  return 'fault' in running ? running : { id: named.id, system: running.system };
}

/** `"<policy>"`: the one policy that an operation is about, which takes nothing more. */
export function onePolicy(
  context: Context,
  [policy, extra]: readonly Word[],
): { readonly policy: Word; readonly id: RowId; readonly system: System } | Refused {
  if (policy === undefined)
    return { fault: { error: 'incomplete', word: '', expected: 'the name of a policy' } };
  const named = policyNamed(context, policy);
  if ('fault' in named) return named;
  if (extra !== undefined) return { fault: superfluous(extra) };
  const running = runningSystem(context);
  return 'fault' in running ? running : { policy, id: named.id, system: running.system };
}

/** `["<policy>"]`: the policy that is named, or, where there is no word, every policy: `id` null. */
export function policiesAsked(
  context: Context,
  [policy, extra]: readonly Word[],
): { readonly id: RowId | null } | Refused {
  const asked = policy === undefined ? { id: null } : policyNamed(context, policy);
  return extra === undefined || 'fault' in asked ? asked : { fault: superfluous(extra) };
}

/** As `policiesAsked`, and the system that runs them. */
export function anyPolicy(
  context: Context,
  words: readonly Word[],
): { readonly id: RowId | null; readonly system: System } | Refused {
  const asked = policiesAsked(context, words);
  if ('fault' in asked) return asked;
  const running = runningSystem(context);
  return 'fault' in running ? running : { id: asked.id, system: running.system };
}

export function policySuggestions(position: Position, prefix: string): readonly Suggestion[] {
  const table = position.model.catalogue.get(policies);
  return canRead(position.model, table) ? keySuggestions(position.levels.view, table, null, prefix) : [];
}

/** For an operation that takes a policy and nothing more. */
export const suggestPolicy: Suggest = (position, { length }, prefix) =>
  length === 0 ? policySuggestions(position, prefix) : [];

/** What the system could not do. */
export function operationFault(error: unknown, span: Span, expected: string): Fault {
  const reason = messageOf(error);
  return { error: 'operation-failed', word: reason, span, expected };
}
