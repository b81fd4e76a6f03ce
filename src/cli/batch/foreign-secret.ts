import type { Item } from '../../../grammar/statement.ts';
import { isKeptForm } from '../../access/secret-words.ts';
import { quote } from '../../text/quote.ts';
import type { Faults } from '../faults/problem.ts';
import type { Levels } from '../session/levels.ts';
import { resolveField } from '../words/fields.ts';

/**
 * The secret of a statement, where all that is wrong is that another system has sealed it: nobody here can read what
 * stands after ENC.
 */
export function foreignSecret(
  item: Item,
  [fault, ...more]: Faults,
  { row: level }: Levels,
): string | undefined {
  if (item.kind === 'problem' || item.verb !== 'set' || level === undefined) return undefined;
  if (fault?.error !== 'invalid-value' || more.length > 0) return undefined;
  const resolved = resolveField(level.table, item.field);
  if ('fault' in resolved || !isKeptForm(item.values.map(({ text }) => text))) return undefined;
  const { name, meta } = resolved.found;
  if (meta.secret === undefined) return undefined;
  const row = level.draft.row(level.row);
  // Where the entry can't be without it, that is a mistake.
  level.failed.delete(name);
  const locksOut = meta.secret === 'password' && row?.fields.has(name) !== true;
  const effect = locksOut ? ': until it is set, only the local terminal lets the account in' : '';
  return `${level.table.id} ${quote(row?.key ?? '')}: ${name}${effect}`;
}
