import type { Catalogue } from '../../schemas/catalogue.ts';
import type { View } from '../store/view.ts';
import type { Levels } from './levels.ts';
import { contentText } from './show.ts';

/** `Levee # `, and where the session stands in between: `Levee (policy) # `. */
export function prompt(catalogue: Catalogue, view: View, levels: Levels): string {
  const { label } = levels;
  return `${hostName(catalogue, view)} ${label === undefined ? '' : `(${label}) `}# `;
}

function hostName(catalogue: Catalogue, view: View): string {
  const table = catalogue.get('system global');
  const id = view.find(table.id, null, '');
  const set = id === undefined ? undefined : view.row(id)?.fields.get('hostname');
  return contentText(view, set ?? table.fields.get('hostname')?.meta.default);
}
