import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { outsideTransaction, ownTransaction, transactionSuggestions } from '../operands/transaction.ts';

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
    if (extra !== undefined) return [superfluous(extra)];
    const within = outsideTransaction(transactions);
    if (within !== undefined) return [within];
    const named = ownTransaction(transactions, word);
    if ('fault' in named) return [named.fault];
    const { transaction } = named;
    if (transactions.enter === undefined || transaction.isAttached) {
      const reason = transaction.isAttached
        ? 'another session works in it'
        : 'there is no session to go on in';
      const expected = transaction.isAttached ? 'to end that session first' : 'a prompt';
      return [{ error: 'operation-failed', word: reason, span: word.span, expected }];
    }
    transactions.enter(transaction);
    return done;
  },
} satisfies Operation;
