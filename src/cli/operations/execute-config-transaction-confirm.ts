import { mayDoEverything } from '../../access/permissions.ts';
import { quote } from '../../text/quote.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';

export default {
  verb: 'execute',
  words: ['config-transaction', 'confirm'],
  parameters: '',
  help: 'Keep the revision that is taken back by itself otherwise; with every right also that of somebody else',
  requires: 'by-table',
  api: 'acts',
  suggest: () => [],
  run({ model, transactions, print }, [extra]): Faults {
    if (extra !== undefined) return [superfluous(extra)];
    const confirmed = model.configuration.confirm(
      transactions.administrator,
      model.author,
      mayDoEverything(model.permissions),
    );
    if (confirmed === null) {
      const expected = '"execute config-transaction commit confirmed" before it';
      return [{ error: 'operation-failed', word: 'nothing waits for a confirmation', expected }];
    }
    if ('unsaved' in confirmed)
      return [{ error: 'not-saved', word: '', expected: `${confirmed.unsaved}; it waits on` }];
    if ('of' in confirmed) {
      const { of: author, revision } = confirmed;
      return [{ error: 'unconfirmed', word: String(revision), expected: `${quote(author)} to confirm it` }];
    }
    const { revision } = confirmed;
    print({ lines: [`revision ${revision} stands`], data: () => ({ revision }) });
    return done;
  },
} satisfies Operation;
