import type { Word } from '../../../grammar/word.ts';
import type { CommitOptions } from '../../system/configuration.ts';
import { counted } from '../../text/plural.ts';
import { done, type Fault, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { commentIn, longestComment } from '../operands/revision.ts';
import { chosenTransaction, outsideTransaction, transactionSuggestions } from '../operands/transaction.ts';
import type { Context } from '../session/context.ts';
import { choices, hint } from '../typing/suggestion.ts';
import { after, resolveWord } from '../words/resolve.ts';

/** Minutes that a confirmation may take. */
const longestWait = 1440;

const keywords = {
  confirmed: 'It comes back by itself unless it is confirmed within so many minutes, which follow',
  comment: 'Why, in quotes, follows',
};

export default {
  verb: 'execute',
  words: ['config-transaction', 'commit'],
  parameters: `[<transaction>] [confirmed <1-${longestWait}>] [comment "<comment>"]`,
  help: 'Make the transaction live, or, where anything stands against it, nothing of it',
  requires: 'by-table',
  suggest(position, given) {
    const last = given.at(-1)?.text;
    if (last === 'confirmed') return [hint(`<1-${longestWait}>`, 'Minutes')];
    if (last === 'comment') return [hint('"<comment>"', `At most ${longestComment} characters`)];
    const left = Object.entries(keywords).filter(([word]) => !given.some(({ text }) => text === word));
    return [
      ...(given.length === 0 ? transactionSuggestions(position) : []),
      ...choices(Object.fromEntries(left)),
    ];
  },
  async run(context, parameters): Promise<Faults> {
    const { transactions, print } = context;
    const chosen = chosenTransaction(context, parameters);
    if ('fault' in chosen) return [chosen.fault];
    const reading = readOptions(context, chosen.rest);
    if ('fault' in reading) return [reading.fault];
    const { transaction } = chosen;
    const isHere = transaction === transactions.current;
    const within = isHere ? undefined : outsideTransaction(transactions);
    if (within !== undefined) return [within];
    // What is committed while the session works in it would only be added to it.
    if (isHere) transactions.enter?.(null);
    const { faults, revision } = await context.changes.commit(transaction.draft, reading.options);
    // A batch has told its faults, and gives none.
    const isDone = faults.length === 0 && (revision !== null || transactions.enter !== undefined);
    if (isDone) transactions.all.end(transaction);
    else if (isHere) transactions.enter?.(transaction);
    if (faults.length > 0 || revision === null) return faults;
    const time = reading.options.confirm?.within;
    print({
      lines: [
        `revision ${revision} is transaction ${transaction.id}`,
        ...(time === undefined
          ? []
          : [
              `it comes back in ${counted(time / 60_000, 'minute')} unless you enter "execute config-transaction confirm"`,
            ]),
      ],
      data: () => ({
        revision,
        transaction: transaction.id,
        confirmWithin: time === undefined ? null : time / 1000,
      }),
    });
    return done;
  },
} satisfies Operation;

type Read = { readonly options: CommitOptions } | { readonly fault: Fault };

function readOptions({ transactions }: Context, parameters: readonly Word[]): Read {
  const reading = commentIn(parameters);
  if ('fault' in reading) return reading;
  const { comment, others } = reading;
  const [keyword, minutes, extra] = others;
  if (keyword === undefined) return { options: { comment } };
  const resolved = resolveWord(keyword, Object.keys(keywords), Object.keys(keywords).join(' or '));
  if ('fault' in resolved) return resolved;
  const expected = `an integer from 1 to ${longestWait}`;
  if (minutes === undefined)
    return { fault: { error: 'incomplete', word: '', span: after(keyword), expected } };
  const number = /^\d{1,4}$/.test(minutes.text) ? Number(minutes.text) : 0;
  if (number < 1 || number > longestWait)
    return { fault: { error: 'invalid-value', word: minutes.text, span: minutes.span, expected } };
  if (extra !== undefined) {
    const end = '"comment", or the end of the line';
    return { fault: { error: 'unknown-word', word: extra.text, span: extra.span, expected: end } };
  }
  const { administrator } = transactions;
  return { options: { comment, confirm: { within: number * 60_000, administrator } } };
}
