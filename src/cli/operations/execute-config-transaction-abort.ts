import { missingPermission } from '../../model/permission.ts';
import { counted } from '../../text/plural.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { chosenTransaction, transactionSuggestions, workedInElsewhere } from '../operands/transaction.ts';

export default {
  verb: 'execute',
  words: ['config-transaction', 'abort'],
  parameters: '[<transaction>]',
  help: 'Drop what the transaction has changed; with maintenance also that of somebody else',
  requires: 'by-table',
  api: 'acts',
  suggest: (position, { length }) => (length === 0 ? transactionSuggestions(position) : []),
  run(context, parameters): Faults {
    const { transactions, model, person } = context;
    const [word, extra] = parameters;
    const foreign = word === undefined ? undefined : transactions.all.get(Number(word.text));
    const chosen =
      foreign !== undefined && extra === undefined
        ? { transaction: foreign, rest: [] }
        : chosenTransaction(context, parameters);
    if ('fault' in chosen) return [chosen.fault];
    const [surplus] = chosen.rest;
    if (surplus !== undefined) return [superfluous(surplus)];
    const { transaction } = chosen;
    if (transaction.administrator !== transactions.administrator) {
      const missing = missingPermission(model, { area: 'mntgrp', access: 'w' });
      if (missing !== undefined) return [missing];
    }
    const elsewhere = workedInElsewhere(transactions, transaction);
    if (elsewhere !== undefined) return [elsewhere];
    if (transaction === transactions.current) transactions.enter?.(null);
    transactions.all.end(transaction);
    const { size } = transaction.draft;
    person?.remark(`transaction ${transaction.id} is dropped, with ${counted(size, 'entry', 'entries')}`);
    return done;
  },
} satisfies Operation;
