import type { SessionServices } from '../cli/session/services.ts';
import { modelOf } from '../cli/session/services.ts';
import type { Model } from '../model/model.ts';
import type { Transaction } from '../model/transactions/transaction.ts';
import { type ApiAnswer, errorOf, refused } from './answer.ts';

/** What one request works with. */
export type Work = {
  readonly model: Model;
  /** To which it adds; undefined: what it changes goes live. */
  readonly transaction: Transaction | undefined;
  readonly entries: SessionServices['entries'];
};

/** `number`: of a transaction of one's own, as text; null: none. */
export function workOf(
  services: SessionServices,
  number: string | null,
): Work | { readonly answer: ApiAnswer } {
  const { configuration: committed, transactions, administrator, entries } = services;
  if (number === null) return { model: modelOf(services), transaction: undefined, entries };
  const found = /^\d{1,9}$/.test(number) ? transactions.get(Number(number)) : undefined;
  if (found === undefined || found.administrator !== administrator) {
    const expected = 'a transaction of this token';
    return { answer: refused([errorOf({ error: 'not-found', word: number, expected }, { path: [] })], true) };
  }
  if (found.session !== null) {
    const fault = {
      error: 'held',
      word: found.holder,
      expected: `to wait: it works in it, ${found.whence}`,
    } as const;
    return { answer: refused([errorOf(fault, { path: [] })]) };
  }
  transactions.attach(found, null);
  const model = modelOf({ ...services, configuration: found.configuration, committed });
  return { model, transaction: found, entries };
}
