import type { Transaction } from '../../model/transactions/transaction.ts';
import { counted } from '../../text/plural.ts';
import { timeText } from '../../time/log-time.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { visibleTransactions } from '../operands/transaction.ts';
import { columns } from '../printing/columns.ts';

export default {
  verb: 'execute',
  words: ['config-transaction', 'status'],
  parameters: '',
  help: 'List the open transactions, and what waits for its confirmation',
  requires: 'by-table',
  api: 'reads',
  suggest: () => [],
  run(context, [extra]): Faults {
    if (extra !== undefined) return [superfluous(extra)];
    const { transactions, model, print } = context;
    const open = visibleTransactions(context);
    const { awaited } = model.configuration;
    print({
      lines: [
        ...(open.length === 0 ? ['no transaction is open'] : []),
        ...columns(open, [
          { title: 'transaction', text: ({ id }) => id },
          { title: 'user', text: ({ author }) => author.name },
          { title: 'from', text: ({ author }) => author.origin },
          { title: 'begun', text: ({ begun }) => timeText(begun) },
          { title: 'entries', text: ({ draft }) => draft.size },
          {
            title: '',
            text: (each) => note(each, each === transactions.current, transactions.all.remaining(each)),
          },
        ]),
        ...(awaited === undefined
          ? []
          : [
              `revision ${awaited.revision} of ${awaited.author} is taken back within ${counted(Math.ceil(awaited.remaining / 1000), 'second')} unless it is confirmed`,
            ]),
        ...(awaited === undefined || awaited.guard === null
          ? []
          : [
              `sources that it refuses and that were admitted before: ${awaited.guard.shutOut}; it is taken back at more than ${awaited.guard.most}`,
            ]),
      ],
      data: () => ({
        transactions: open.map((each) => ({
          transaction: each.id,
          user: each.author.name,
          from: each.author.origin,
          begun: new Date(each.begun).toISOString(),
          entries: each.draft.size,
          exclusive: each.isExclusive,
          attached: each.session !== null,
          endsWithin: secondsOf(transactions.all.remaining(each)),
        })),
        awaited:
          awaited === undefined ? null : { ...awaited, remaining: Math.ceil(awaited.remaining / 1000) },
      }),
    });
    return done;
  },
} satisfies Operation;

function note({ isExclusive, holder }: Transaction, isHere: boolean, remaining: number | undefined): string {
  const place = isHere
    ? 'here'
    : remaining === undefined
      ? `in ${holder}`
      : `can be resumed for ${counted(Math.ceil(remaining / 3_600_000), 'hour')}`;
  return isExclusive ? `${place}, exclusive` : place;
}

function secondsOf(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : Math.ceil(milliseconds / 1000);
}
