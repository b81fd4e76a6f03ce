import type { Catalogue } from '../../../schemas/catalogue.ts';
import { type Account, readAccount } from '../../access/account.ts';
import { Reading } from '../../policy/reading.ts';
import type { Draft } from '../../store/draft.ts';
import { quote } from '../../text/quote.ts';

const [doors, administrators] = ['system access-door', 'system admin'];

/** Doors through which one comes with an account, each with what of it lets in. */
const ways = new Map([
  [
    'ssh',
    {
      opens: ({ password, keys }: Account): boolean => password !== undefined || keys.length > 0,
      what: 'a password or an SSH key',
    },
  ],
  ['page', { opens: ({ password }: Account): boolean => password !== undefined, what: 'a password' }],
]);

/** Which doors a draft opens through which nobody can come, a line each: without a password one is known on this machine alone. */
export function doorNotices(catalogue: Catalogue, draft: Draft): string[] {
  const changed = [...draft.changes].filter(
    ({ table, deleted, fields }) =>
      table === doors && !deleted && (fields.has('status') || fields.has('type')),
  );
  if (changed.length === 0) return [];
  const reading = new Reading(catalogue, draft);
  const accounts = draft.rows(administrators, null).map((row) => readAccount(row, undefined));
  return changed.flatMap(({ id }) => {
    const row = draft.row(id);
    if (row === undefined || !reading.isEnabled(row, 'status')) return [];
    const way = ways.get(reading.text(row, 'type'));
    if (way === undefined || accounts.some(way.opens)) return [];
    return [`door ${quote(row.key)}: nobody can come in before an administrator has ${way.what}`];
  });
}
