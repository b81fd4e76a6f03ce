import type { Completion } from '../../cli/typing/assistance.ts';
import { inserted, type Line, replaced } from './line.ts';

/** A completion in progress: it lasts until another key than Tab is pressed. */
export type Tab = {
  readonly completion: Completion;
  /** Where the completed word ends in the line now. */
  readonly end: number;
  readonly isListed: boolean;
  /** Index of the candidate in the line; -1: the line holds what all candidates begin with. */
  readonly selected: number;
};

export type TabStep = { readonly line: Line; readonly tab: Tab | undefined };

/** The first Tab inserts a single candidate, or what all candidates begin with; where that adds nothing it lists them. */
export function beginTab(line: Line, completion: Completion): TabStep {
  const { start, candidates } = completion;
  const [first, second] = candidates;
  if (first === undefined) return { line, tab: undefined };
  if (second === undefined) {
    const completed = replaced(line, start, line.cursor, first.text);
    return { line: first.whole ? withSpace(completed) : completed, tab: undefined };
  }
  const shared = sharedBeginning(candidates.map(({ text }) => text));
  const grows = shared.length > line.cursor - start;
  const next = grows ? replaced(line, start, line.cursor, shared) : line;
  return { line: next, tab: { completion, end: next.cursor, isListed: !grows, selected: -1 } };
}

/** Each further Tab shows the list, then inserts the next (1) or previous (-1) candidate. */
export function continueTab(line: Line, tab: Tab, direction: -1 | 1): TabStep {
  const { completion, end, isListed } = tab;
  if (!isListed) return { line, tab: { ...tab, isListed: true } };
  const { candidates, start } = completion;
  const count = candidates.length;
  const selected = tab.selected < 0 && direction < 0 ? count - 1 : (tab.selected + direction + count) % count;
  const next = replaced(line, start, end, candidates[selected]?.text ?? '');
  return { line: next, tab: { ...tab, end: next.cursor, selected } };
}

function withSpace(line: Line): Line {
  if (line.text[line.cursor] !== ' ') return inserted(line, ' ');
  return { text: line.text, cursor: line.cursor + 1 };
}

/** What all texts begin with. It never ends inside a character, nor behind a backslash that would escape the next one. */
function sharedBeginning(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && first[same] === other[same]) same += 1;
    length = same;
  }
  const shared = first.slice(0, length).replace(/[\ud800-\udbff]$/, '');
  let backslashes = 0;
  while (shared.at(-1 - backslashes) === '\\') backslashes += 1;
  return backslashes % 2 === 1 ? shared.slice(0, -1) : shared;
}
