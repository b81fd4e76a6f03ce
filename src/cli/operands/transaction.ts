import type { Word } from '../../../grammar/word.ts';
import { allows } from '../../access/permissions.ts';
import type { Transaction } from '../../model/transactions/transaction.ts';
import { counted } from '../../text/plural.ts';
import type { Fault } from '../faults/problem.ts';
import type { Context, Position } from '../session/context.ts';
import type { SessionTransactions } from '../session/transaction/session-transaction.ts';
import { type Suggestion, words } from '../typing/suggestion.ts';

type Chosen = { readonly transaction: Transaction; readonly rest: readonly Word[] };

/** `[<id>]`: a transaction of one's own, or that in which the session works, and the words after it. */
export function chosenTransaction(
  { transactions }: Pick<Context, 'transactions'>,
  parameters: readonly Word[],
): Chosen | { readonly fault: Fault } {
  const [first, ...rest] = parameters;
  if (first !== undefined && /^\d+$/.test(first.text)) {
    const named = ownTransaction(transactions, first);
    return 'fault' in named ? named : { ...named, rest };
  }
  const { current } = transactions;
  if (current !== undefined) return { transaction: current, rest: parameters };
  const expected = '"execute config-transaction start" before it, or the number of a transaction';
  return { fault: { error: 'operation-failed', word: 'no transaction is open here', expected } };
}

/** The transaction of a number, of whoever works here. */
export function ownTransaction(
  { all, administrator }: SessionTransactions,
  { text, span }: Word,
): { readonly transaction: Transaction } | { readonly fault: Fault } {
  const transaction = /^\d{1,9}$/.test(text) ? all.get(Number(text)) : undefined;
  if (transaction?.administrator === administrator) return { transaction };
  const own = all.all.filter((each) => each.administrator === administrator).map(({ id }) => id);
  const expected = own.length === 0 ? 'a transaction of yours; there is none' : `one of ${own.join(', ')}`;
  return { fault: { error: 'not-found', word: text, span, expected } };
}

/** Why nobody here may end a transaction: another session works in it. Undefined: none does. */
export function workedInElsewhere(
  { current }: SessionTransactions,
  transaction: Transaction,
): Fault | undefined {
  if (transaction.session === null || transaction === current) return undefined;
  const word = `${transaction.holder} works in it`;
  return { error: 'operation-failed', word, expected: `to end that session first, ${transaction.whence}` };
}

/** Those that somebody may know of: their own, or with maintenance all. */
export function visibleTransactions({
  transactions: { all, administrator },
  model,
}: Pick<Position, 'transactions' | 'model'>): readonly Transaction[] {
  const seesAll = allows(model.permissions, { area: 'mntgrp', access: 'r' });
  return all.all.filter((each) => seesAll || each.administrator === administrator);
}

export function transactionSuggestions(position: Position): readonly Suggestion[] {
  const entries = visibleTransactions(position).map(
    ({ id, author, draft }) =>
      [String(id), `of ${author.name}, ${counted(draft.size, 'entry', 'entries')}`] as const,
  );
  return words(entries, 'value');
}

/** Why something can't be done in a transaction; undefined: the session works in none. */
export function outsideTransaction({ current }: SessionTransactions): Fault | undefined {
  if (current === undefined) return undefined;
  const expected = '"execute config-transaction commit" or "abort" before it';
  return { error: 'operation-failed', word: `transaction ${current.id} is open`, expected };
}
