import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RowId } from '../../schemas/content.ts';
import type { Table } from '../../schemas/table.ts';
import { compileConfiguration } from '../../src/daemon/configuration/compiled-configuration.ts';
import type { View } from '../../src/store/view.ts';
import { isWhole, rounds } from '../campaign.ts';
import fc from '../property.ts';
import { effective } from './effective.ts';
import { configurationText } from './generated.ts';
import { Levee, printed } from './in-process.ts';
import { listing } from './listing.ts';

const { catalogue } = listing;

async function using<T>(run: (levee: Levee) => Promise<T>): Promise<T> {
  const levee = new Levee(undefined, listing);
  try {
    return await run(levee);
  } finally {
    levee.close();
  }
}

async function imported(levee: Levee, text: string): Promise<unknown> {
  const reply = await levee.as('admin').import(text);
  assert.equal(printed(reply) + reply.notices, '', text);
  assert.equal(reply.outcome.status, 0);
  compileConfiguration(catalogue, levee.configuration.view);
  return effective(levee.configuration.view, catalogue);
}

/** What came up in any configuration: `server-policy policy status`. */
function membersSet(view: View, table: Table, parent: RowId | null = null): string[] {
  return view
    .rows(table.id, parent)
    .flatMap((row) => [
      table.id,
      ...[...row.fields.keys()].map((field) => `${table.id} ${field}`),
      ...[...table.tables.values()].flatMap((sub) => membersSet(view, sub, row.id)),
    ]);
}

function allMembers(table: Table): string[] {
  const below = [...table.tables.values()].flatMap(allMembers);
  return [table.id, ...[...table.fields.keys()].map((field) => `${table.id} ${field}`), ...below];
}

/** As one transaction, or row by row as at the prompt. */
async function entered(levee: Levee, text: string, atPrompt: boolean): Promise<unknown> {
  if (!atPrompt) return imported(levee, text);
  const reply = await levee.as('admin').type(text);
  assert.equal(printed(reply), '', text);
  return effective(levee.configuration.view, catalogue);
}

test('what show prints imports to the same configuration, and prints the same', async () => {
  const seen = new Set<string>();
  const written = catalogue.tables.filter(({ readOnly }) => !readOnly).flatMap(allMembers);
  const unseen = (): string[] => written.filter((member) => !seen.has(member));
  const roundTrip = fc.asyncProperty(fc.gen(), async (draw) => {
    const text = configurationText(catalogue, (arbitrary) => draw(arbitrary));
    await using(async (first) => {
      const values = await entered(
        first,
        text,
        draw(() => fc.boolean()),
      );
      for (const table of catalogue.tables) {
        for (const member of membersSet(first.configuration.view, table)) seen.add(member);
      }
      const short = await first.show();
      const full = await first.show('show full-configuration');
      for (const shown of [short, full]) {
        await using(async (second) => {
          assert.deepEqual(await imported(second, shown), values);
          assert.equal(await second.show(), short);
          assert.equal(await second.show('show full-configuration'), full);
          assert.equal((await second.as('admin').import(shown)).outcome.status, 0);
          assert.equal(
            second.configuration.view.revision,
            shown === '' ? 0 : 1,
            'a second import changed it',
          );
        });
      }
    });
  });
  // What was drawn is made smaller only slowly.
  const endOnFailure = true;
  await fc.assert(roundTrip, { numRuns: rounds(8, 30), endOnFailure });
  // A sample need not have drawn every field; a whole campaign goes on until it has.
  if (!isWhole) return;
  for (let more = 0; more < 20 && unseen().length > 0; more++)
    await fc.assert(roundTrip, { numRuns: 5, endOnFailure });
  assert.deepEqual(unseen(), [], 'no configuration had these');
});
