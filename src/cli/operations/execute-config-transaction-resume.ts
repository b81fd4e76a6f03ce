import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import {
  outsideTransaction,
  ownTransaction,
  transactionSuggestions,
  workedInElsewhere,
} from '../operands/transaction.ts';

export default {
  verb: 'execute',
  words: ['config-transaction', 'resume'],
  parameters: '<transaction>',
  help: 'Go on in a transaction of yours whose session has ended',
  requires: 'by-table',
  api: 'console',
  suggest: (position, { length }) => (length === 0 ? transactionSuggestions(position) : []),
  run({ transactions }, [word, extra]): Faults {
    if (word === undefined)
      return [{ error: 'incomplete', word: '', expected: 'the number of a transaction' }];
    const within = outsideTransaction(transactions);
    if (within !== undefined) return [within];
    const named = ownTransaction(transactions, word);
    if ('fault' in named) return [named.fault];
    if (extra !== undefined) return [superfluous(extra)];
    const { transaction } = named;
    const elsewhere = workedInElsewhere(transactions, transaction);
    if (elsewhere !== undefined) return [{ ...elsewhere, span: word.span }];
    if (transactions.enter === undefined) {
      const reason = 'there is no session to go on in';
      return [{ error: 'operation-failed', word: reason, span: word.span, expected: 'a prompt' }];
    }
    transactions.enter(transaction);
    return done;
  },
} satisfies Operation;
