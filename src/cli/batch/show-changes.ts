import type { Draft } from '../../store/draft.ts';
import { differencesFor } from '../printing/differences/compared.ts';
import { differenceOf, type TableDifference } from '../printing/differences/difference.ts';
import { commandLines, comparedLines, differenceData } from '../printing/differences/difference-lines.ts';
import { jsonLines } from '../printing/lines/json-lines.ts';
import { type Lines, printedLines } from '../printing/lines/printed.ts';
import type { Context } from '../session/context.ts';
import type { ChangesShown } from '../session/session.ts';

/** Shows what a draft would change, as far as its author may see it. False: it would change nothing. */
export async function showChanges(
  { model, print, printed }: Context,
  draft: Draft,
  how: Exclude<ChangesShown, 'not'>,
): Promise<boolean> {
  const differences = differencesFor(model, draft);
  print(printedLines(changeLines(draft, differences, how)));
  await printed();
  return differences.length > 0 || differenceOf(model.catalogue, draft, () => true).length > 0;
}

function changeLines(
  draft: Draft,
  differences: readonly TableDifference[],
  how: Exclude<ChangesShown, 'not'>,
): Lines {
  const views = { before: draft.base, after: draft };
  if (how === 'data') return jsonLines(differenceData(views, differences));
  return how === 'lines' ? comparedLines(views, differences) : commandLines(views, differences);
}
