import type { Item } from '../../../../grammar/statement.ts';
import type { Field } from '../../../../schemas/table.ts';
import { isKeptForm } from '../../../access/secret-words.ts';
import { quote } from '../../../text/quote.ts';
import type { Faults } from '../../faults/problem.ts';
import type { Levels, RowLevel } from '../../session/levels.ts';
import { resolveField } from '../../words/fields.ts';

/** A secret that nobody here can open: another system has sealed it. */
export type ForeignSecret = { readonly level: RowLevel; readonly field: Field };

/** The secret of a statement, where all that is wrong is that nobody here can read what stands after ENC. */
export function foreignSecret(
  item: Item,
  [fault, ...more]: Faults,
  { row: level }: Levels,
): ForeignSecret | undefined {
  if (item.kind === 'problem' || item.verb !== 'set' || level === undefined) return undefined;
  if (fault?.error !== 'invalid-value' || more.length > 0) return undefined;
  const resolved = resolveField(level.table, item.field);
  if ('fault' in resolved || !isKeptForm(item.values.map(({ text }) => text))) return undefined;
  const field = resolved.found;
  return field.meta.secret === undefined ? undefined : { level, field };
}

/** Goes on without a secret, and without what of its row means nothing then; gives what to say of it. */
export function withoutSecret({ level, field }: ForeignSecret): string {
  const { draft, row, table } = level;
  // Where the entry can't be without it, that is a mistake.
  level.failed.delete(field.name);
  const { key = '', fields } = draft.row(row) ?? {};
  const effect = fields?.has(field.name) === true ? '' : effectOf(level, field);
  return `${table.id} ${quote(key)}: ${field.name}${effect}`;
}

function effectOf({ draft, row }: RowLevel, { meta: { secret, usedBy } }: Field): string {
  if (secret === 'password') return ': until it is set, only the local terminal lets the account in';
  if (usedBy === undefined || draft.row(row)?.fields.has(usedBy) !== true) return '';
  draft.set(row, usedBy, undefined);
  return `, and ${usedBy}, which needs it`;
}
