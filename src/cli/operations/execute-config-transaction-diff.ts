import type { Draft } from '../../store/draft.ts';
import type { Steps } from '../../time/time-slice.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { chosenTransaction, transactionSuggestions } from '../operands/transaction.ts';
import { printedDifference } from '../printing/differences/compared.ts';

export default {
  verb: 'execute',
  words: ['config-transaction', 'diff'],
  parameters: '[<transaction>]',
  help: 'Show what the transaction would change',
  requires: 'by-table',
  api: 'reads',
  suggest: (position, { length }) => (length === 0 ? transactionSuggestions(position) : []),
  run(context, parameters): Faults {
    const chosen = chosenTransaction(context, parameters);
    if ('fault' in chosen) return [chosen.fault];
    const [extra] = chosen.rest;
    if (extra !== undefined) return [superfluous(extra)];
    const { draft } = chosen.transaction;
    context.print(printedDifference(context.model, () => steps(draft)));
    return done;
  },
} satisfies Operation;

function* steps(draft: Draft): Steps<Draft> {
  yield;
  return draft;
}
