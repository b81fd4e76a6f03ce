import type { RowId } from '../../../../schemas/content.ts';
import type { Transaction } from '../../../model/transactions/transaction.ts';
import type { Transactions } from '../../../model/transactions/transactions.ts';

/** The transactions of all, and the one that a session works in. */
export type SessionTransactions = {
  readonly all: Transactions;
  /** Whose session it is. */
  readonly administrator: RowId | null;
  readonly current: Transaction | undefined;
  /** From now on the session works in this one; null: in none. Undefined: it is no session of a person. */
  readonly enter: ((transaction: Transaction | null) => void) | undefined;
};
