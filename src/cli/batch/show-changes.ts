import type { Model } from '../../model/model.ts';
import type { Draft } from '../../store/draft.ts';
import { differencesFor } from '../printing/compared.ts';
import { commandLines, comparedLines, differenceData } from '../printing/difference-lines.ts';
import { jsonLines } from '../printing/json-lines.ts';
import type { Lines } from '../printing/printed.ts';
import type { ChangesShown } from '../session/session.ts';

/** What a draft would change, as far as its author may see it. */
export function changeLines(model: Model, draft: Draft, how: Exclude<ChangesShown, 'not'>): Lines {
  const differences = differencesFor(model, draft);
  const views = { before: draft.base, after: draft };
  if (how === 'data') return jsonLines(differenceData(views, differences));
  return how === 'lines' ? comparedLines(views, differences) : commandLines(views, differences);
}
