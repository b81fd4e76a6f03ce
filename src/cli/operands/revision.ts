import type { Word } from '../../../grammar/word.ts';
import type { Revision } from '../../store/history/history.ts';
import type { Configuration } from '../../system/configuration.ts';
import { counted } from '../../text/plural.ts';
import { timeText } from '../../time/log-time.ts';
import type { Fault } from '../faults/problem.ts';
import type { Position } from '../session/context.ts';
import { hint, type Suggestion, words } from '../typing/suggestion.ts';

type Named = { readonly number: number } | { readonly fault: Fault };

/** A revision of which it is known what the configuration was; 0: what a new installation has. */
export function revisionNamed({ history, view }: Configuration, { text, span }: Word): Named {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  const { oldest } = history;
  if (number === undefined) {
    const expected = `the number of a revision, from ${oldest} to ${view.revision}`;
    return { fault: { error: 'invalid-value', word: text, span, expected } };
  }
  if (number >= oldest && number <= view.revision) return { number };
  const forgotten = number < oldest ? `; what was before ${oldest} is forgotten` : '';
  const expected = `a revision from ${oldest} to ${view.revision}${forgotten}`;
  return { fault: { error: 'not-found', word: text, span, expected } };
}

/** One that can be told of: also what it has changed is known. */
export function listedRevision(
  configuration: Configuration,
  word: Word,
): { readonly revision: Revision } | { readonly fault: Fault } {
  const named = revisionNamed(configuration, word);
  if ('fault' in named) return named;
  const revision = configuration.history.get(named.number);
  if (revision !== undefined) return { revision };
  const { text, span } = word;
  const expected = `a revision from ${configuration.history.oldest + 1} to ${configuration.view.revision}`;
  return { fault: { error: 'not-found', word: text, span, expected } };
}

/** Who made a revision, when, and why. */
export function describeRevision({ number, author, origin, time, comment }: Revision): string {
  return `revision ${number} by ${author} from ${origin}, ${timeText(time)}${comment === '' ? '' : `: ${comment}`}`;
}

/** Revisions that are offered at once. */
const offered = 50;

export function revisionSuggestions({ model }: Pick<Position, 'model'>, what: string): readonly Suggestion[] {
  const listed = model.configuration.history.list(offered);
  const entries = listed.map(
    (revision) =>
      [String(revision.number), describeRevision(revision).replace(/^revision \d+ /, '')] as const,
  );
  return [hint('<revision>', what), ...words(entries, 'value')];
}

/** Characters of a list of tables: with what stands before it in a line it fits on a usual screen. */
const longestList = 40;

/**
 * What a revision has changed, in the tables that whoever asks may see: some of them, and how many more. What has changed
 * in entries of a table that is named is a part of that, as in the line that an import prints.
 */
export function changedText({ tables }: Revision, isShown: (table: string) => boolean): string {
  if (tables === null) return 'not known any more';
  const outermost = [...tables].filter(
    ([path]) => !tables.keys().some((other) => path.startsWith(`${other} `)),
  );
  const shown = outermost.filter(([path]) => isShown(path));
  const hidden = outermost.length - shown.length;
  const parts = shown.map(([path, count]) => (count === 1 ? path : `${path} (${count})`));
  const named = parts.filter(
    (_part, index) => index === 0 || parts.slice(0, index + 1).join(', ').length <= longestList,
  );
  const more = parts.length - named.length;
  return [
    `${named.join(', ')}${more === 0 ? '' : ` and ${counted(more, 'more table')}`}`,
    ...(hidden === 0 ? [] : [`${counted(hidden, 'table')} not shown`]),
  ]
    .filter(Boolean)
    .join(', ');
}

/** The longest comment, in characters. */
export const longestComment = 255;

/** `comment ".."` at the end of a command, if it is there. */
export function commentIn(
  parameters: readonly Word[],
): { readonly comment: string; readonly others: readonly Word[] } | { readonly fault: Fault } {
  const at = parameters.findIndex(({ text, quoted }) => !quoted && text !== '' && 'comment'.startsWith(text));
  if (at < 0) return { comment: '', others: parameters };
  const [keyword, comment, extra] = parameters.slice(at);
  if (comment === undefined) {
    const expected = 'the comment, in quotes';
    return { fault: { error: 'incomplete', word: keyword?.text ?? '', expected } };
  }
  if (extra !== undefined) {
    const expected = 'the end of the line: a comment of several words stands in quotes';
    return { fault: { error: 'unknown-word', word: extra.text, span: extra.span, expected } };
  }
  const long = tooLongComment(comment);
  return long === undefined ? { comment: comment.text, others: parameters.slice(0, at) } : { fault: long };
}

export function tooLongComment({ text, span }: Word): Fault | undefined {
  const count = [...text].length;
  if (count > longestComment) {
    const expected = `at most ${longestComment} characters; here are ${count}`;
    return { error: 'too-long', word: text, span, expected };
  }
  // A comment is one line of a list.
  if (!/[\p{Cc}\u2028\u2029]/u.test(text)) return undefined;
  return { error: 'invalid-value', word: text, span, expected: 'a text without control characters' };
}
