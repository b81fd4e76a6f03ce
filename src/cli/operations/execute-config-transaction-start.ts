import { mayWriteAnything } from '../../access/permissions.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { outsideTransaction } from '../operands/transaction.ts';
import { choices } from '../typing/suggestion.ts';
import { resolveWord } from '../words/resolve.ts';

export default {
  verb: 'execute',
  words: ['config-transaction', 'start'],
  parameters: '[exclusive]',
  help: 'From now on next and end add to a transaction, which goes live as a whole when it is committed',
  requires: 'by-table',
  api: 'acts',
  suggest: (_position, { length }) =>
    length === 0 ? choices({ exclusive: 'Nobody else commits while it is open' }) : [],
  run({ transactions, model, person, print }, [word, extra]): Faults {
    if (extra !== undefined) return [superfluous(extra)];
    const isExclusive = word !== undefined;
    if (isExclusive) {
      const resolved = resolveWord(word, ['exclusive'], '"exclusive", or the end of the line');
      if ('fault' in resolved) return [resolved.fault];
      if (!mayWriteAnything(model.permissions)) {
        const expected = '"w" or "rw" on some area in your access profile';
        return [{ error: 'permission', word: '', span: word.span, expected }];
      }
    }
    const within = outsideTransaction(transactions);
    if (within !== undefined) return [within];
    const { all, administrator, enter } = transactions;
    if (enter === undefined) {
      const expected = 'a prompt: a batch is one transaction by itself';
      return [{ error: 'operation-failed', word: 'there is no session to go on in', expected }];
    }
    const begun = all.begin(administrator, model.author, isExclusive);
    if ('refused' in begun) {
      return [{ error: 'operation-failed', word: begun.refused, expected: begun.expected }];
    }
    enter(begun);
    person?.remark(
      `transaction ${begun.id}: "execute config-transaction commit" makes it live, "execute config-transaction abort" drops it`,
    );
    print({ lines: [], data: () => ({ transaction: begun.id }) });
    return done;
  },
} satisfies Operation;
