import { purge, removable } from '../../model/changes/remove.ts';
import { done, type Faults } from '../faults/problem.ts';
import { spanned } from '../faults/spanned.ts';
import { defineVerb } from '../language/verb.ts';
import { changeTable } from '../session/change-table.ts';
import type { Context, Person } from '../session/context.ts';
import type { Levels } from '../session/levels.ts';

export default defineVerb({
  verb: 'purge',
  help: 'Remove every entry of the table',
  levels: ['table'],
  changes: true,
  entries: true,
  async run(context): Promise<Faults> {
    const { person, levels } = context;
    return person === undefined || (await isConfirmed(person, levels)) ? purgeTable(context) : done;
  },
});

async function isConfirmed(person: Person, { table: open, view }: Levels): Promise<boolean> {
  const count = open === undefined ? 0 : removable(view, open).length;
  if (open === undefined || count === 0) return false;
  const entries = count === 1 ? 'the only entry' : `all ${count} entries`;
  const message = `Remove ${entries} of ${open.table.id}?`;
  return (await person.ask({ kind: 'confirm', message })) === 'yes';
}

function purgeTable(context: Context): Faults | Promise<Faults> {
  return changeTable(context, (draft, table) => spanned(purge(context.model, draft, table), {}));
}
