import type { Word } from '../../../grammar/word.ts';
import type { CommitOptions } from '../../system/configuration.ts';
import { counted } from '../../text/plural.ts';
import { done, type Fault, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { commentIn, longestComment } from '../operands/revision.ts';
import {
  chosenTransaction,
  outsideTransaction,
  transactionSuggestions,
  workedInElsewhere,
} from '../operands/transaction.ts';
import type { Context } from '../session/context.ts';
import { nothingChanged } from '../session/messages.ts';
import { choices, hint } from '../typing/suggestion.ts';
import { after, resolveWord } from '../words/resolve.ts';

/** Minutes that a confirmation may take. */
const longestWait = 1440;

/** Sources that a guard may let be shut out. */
const mostGuarded = 100_000;

const keywords = {
  confirmed: 'It is taken back by itself unless it is confirmed within so many minutes, which follow',
  guard:
    'With confirmed: it is taken back at once when it refuses more sources that were admitted before, which follow',
  comment: 'Why, in quotes, follows',
};

export default {
  verb: 'execute',
  words: ['config-transaction', 'commit'],
  parameters: `[<transaction>] [confirmed <1-${longestWait}> [guard <0-${mostGuarded}>]] [comment "<comment>"]`,
  help: 'Make the transaction live, or, where anything stands against it, nothing of it',
  requires: 'by-table',
  api: 'acts',
  suggest(position, given) {
    const said = given.map(({ text, quoted }) => (quoted ? undefined : keywordOf(text)));
    const last = said.at(-1);
    if (last === 'confirmed') return [hint(`<1-${longestWait}>`, 'Minutes')];
    if (last === 'guard') return [hint(`<0-${mostGuarded}>`, 'Sources')];
    if (last === 'comment') return [hint('"<comment>"', `At most ${longestComment} characters`)];
    if (said.includes('comment')) return [];
    const left = Object.entries(keywords).filter(([word]) =>
      word === 'guard' ? said.at(-2) === 'confirmed' : !said.includes(keywordOf(word)),
    );
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
    const elsewhere = workedInElsewhere(transactions, transaction);
    if (elsewhere !== undefined) return [elsewhere];
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
    // Of entries that were opened at most, nobody has said yet that they change nothing.
    if (isDone && revision === null && transaction.draft.isIdle) context.person?.remark(nothingChanged);
    if (faults.length > 0 || revision === null) return faults;
    const { within: time, guard = null } = reading.options.confirm ?? {};
    print({
      lines: [
        `revision ${revision} is transaction ${transaction.id}`,
        ...(time === undefined
          ? []
          : [
              `it is taken back in ${counted(time / 60_000, 'minute')} unless you enter "execute config-transaction confirm"`,
            ]),
        ...(guard === null
          ? []
          : [
              `it is taken back at once when more sources than ${guard} are refused that were admitted before`,
            ]),
      ],
      data: () => ({
        revision,
        transaction: transaction.id,
        confirmWithin: time === undefined ? null : time / 1000,
        guard,
      }),
    });
    return done;
  },
} satisfies Operation;

type Keyword = keyof typeof keywords;

const names: readonly Keyword[] = ['confirmed', 'guard', 'comment'];

/** The only word that begins so. */
function keywordOf(text: string): Keyword | undefined {
  const found = names.filter((name) => text !== '' && name.startsWith(text));
  return found.length === 1 ? found[0] : undefined;
}

type Read = { readonly options: CommitOptions } | { readonly fault: Fault };

function readOptions({ transactions }: Context, parameters: readonly Word[]): Read {
  const reading = commentIn(parameters);
  if ('fault' in reading) return reading;
  const { comment, others } = reading;
  const [keyword, minutes, ...more] = others;
  if (keyword === undefined) return { options: { comment } };
  const resolved = resolveWord(keyword, ['confirmed', 'comment'], 'confirmed or comment');
  if ('fault' in resolved) return resolved;
  const within = readNumber(keyword, minutes, 1, longestWait);
  if (typeof within !== 'number') return within;
  const guard = readGuard(more);
  if (guard !== null && typeof guard !== 'number') return guard;
  const { administrator } = transactions;
  return { options: { comment, confirm: { within: within * 60_000, administrator, guard } } };
}

/** `[guard <number>]` behind the minutes. */
function readGuard([keyword, most, extra]: readonly Word[]): number | null | { readonly fault: Fault } {
  if (keyword === undefined) return null;
  const resolved = resolveWord(keyword, ['guard', 'comment'], 'guard, comment, or the end of the line');
  if ('fault' in resolved) return resolved;
  const guard = readNumber(keyword, most, 0, mostGuarded);
  if (typeof guard === 'number' && extra !== undefined) {
    const expected = '"comment", or the end of the line';
    return { fault: { error: 'unknown-word', word: extra.text, span: extra.span, expected } };
  }
  return guard;
}

function readNumber(
  before: Word,
  word: Word | undefined,
  least: number,
  most: number,
): number | { readonly fault: Fault } {
  const expected = `an integer from ${least} to ${most}`;
  if (word === undefined) return { fault: { error: 'incomplete', word: '', span: after(before), expected } };
  const number = /^\d{1,9}$/.test(word.text) ? Number(word.text) : -1;
  if (number >= least && number <= most) return number;
  return { fault: { error: 'invalid-value', word: word.text, span: word.span, expected } };
}
