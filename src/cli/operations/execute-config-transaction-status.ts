import { counted } from '../../text/plural.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { timeText } from '../operands/revision.ts';
import { visibleTransactions } from '../operands/transaction.ts';
import { columns } from '../printing/columns.ts';

export default {
  verb: 'execute',
  words: ['config-transaction', 'status'],
  parameters: '',
  help: 'List the open transactions, and what waits for its confirmation',
  requires: 'by-table',
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
          { title: '', text: (each) => note(each, each === transactions.current) },
        ]),
        ...(awaited === undefined
          ? []
          : [
              `revision ${awaited.revision} of ${awaited.author} comes back within ${counted(Math.ceil(awaited.remaining / 1000), 'second')} unless it is confirmed`,
            ]),
      ],
      data: () => ({
        transactions: open.map(({ id, author, begun, draft, isExclusive, isAttached }) => ({
          transaction: id,
          user: author.name,
          from: author.origin,
          begun: new Date(begun).toISOString(),
          entries: draft.size,
          exclusive: isExclusive,
          attached: isAttached,
        })),
        awaited:
          awaited === undefined ? null : { ...awaited, remaining: Math.ceil(awaited.remaining / 1000) },
      }),
    });
    return done;
  },
} satisfies Operation;

function note(
  { isExclusive, isAttached }: { readonly isExclusive: boolean; readonly isAttached: boolean },
  isHere: boolean,
): string {
  const place = isHere ? 'here' : isAttached ? 'in another session' : 'can be resumed';
  return isExclusive ? `${place}, exclusive` : place;
}
