import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Table } from '../../schemas/table.ts';
import { clone } from '../../src/model/changes/clone.ts';
import { close } from '../../src/model/changes/close.ts';
import { commit } from '../../src/model/changes/commit.ts';
import { edit } from '../../src/model/changes/edit.ts';
import { append, unselect } from '../../src/model/changes/lists.ts';
import { move } from '../../src/model/changes/move.ts';
import { remove } from '../../src/model/changes/remove.ts';
import { rename } from '../../src/model/changes/rename.ts';
import { set, unset } from '../../src/model/changes/set.ts';
import type { Model } from '../../src/model/model.ts';
import { type OpenRow, openSingleton } from '../../src/model/rows/open-row.ts';
import type { OpenTable } from '../../src/model/rows/open-table.ts';
import { Draft } from '../../src/store/draft.ts';
import { isWhole, rounds } from '../campaign.ts';
import { type Draw, fieldText, keysOf, texts, type Written } from '../cli/generated.ts';
import { Levee, printed } from '../cli/in-process.ts';
import { listing } from '../cli/listing.ts';
import fc from '../property.ts';
import { modelOf } from './opening.ts';

const { catalogue } = listing;

/** What ends a row, so that nothing is objected to it: field -> value. */
const fixed: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'log alertMail': [['status', 'disable']],
  'log email-policy': [['smtp-auth', 'disable']],
  'system access-door': [['status', 'disable']],
  'system cluster': [['status', 'disable']],
  'server-policy policy': [
    ['status', 'disable'],
    ['service', 'HTTP'],
    ['proxy-protocol', 'disable'],
  ],
};

/** Calls of the model with texts that fit and texts that do not. What it refuses must leave nothing behind. */
class Author {
  readonly #model: Model;
  readonly #draw: Draw;
  readonly #draft: Draft;
  readonly #written: Written = new Map(
    catalogue.tables.map(({ id, predefined }) => [id, [...predefined.keys()]]),
  );
  refused = 0;

  constructor(model: Model, draw: Draw) {
    this.#model = model;
    this.#draw = draw;
    this.#draft = new Draft(model.configuration.view);
  }

  async write(): Promise<void> {
    for (const table of catalogue.tables) {
      if (table.readOnly) continue;
      if (table.key === undefined) {
        const open = openSingleton(this.#draft, table, null);
        await this.#fill(open);
        this.#count(close(this.#model, open, this.#draft));
      } else {
        const keys = await this.#rows({ table, parent: null }, this.#draft);
        this.#rearrange({ table, parent: null }, keys);
        this.#written.get(table.id)?.push(...this.#draft.rows(table.id, null).map(({ key }) => key));
      }
    }
    assert.deepEqual(commit(this.#model, this.#draft).faults, []);
  }

  async #rows(open: OpenTable, into: Draft): Promise<string[]> {
    const keys: string[] = [];
    for (let count = this.#pick(0, 3); count > 0; count--) {
      const edited = edit(
        this.#model,
        into,
        open,
        this.#draw(() => keysOf(open.table)),
      );
      if ('fault' in edited) {
        this.refused += 1;
        continue;
      }
      await this.#fill(edited.opened);
      if (this.#count(close(this.#model, edited.opened, into))) keys.push(edited.key);
    }
    return keys;
  }

  async #fill(open: OpenRow): Promise<void> {
    const { table, draft, row } = open;
    for (const field of table.fields.values()) {
      // Sealed under a key that only this author has.
      if (field.meta.secret === 'reversible') continue;
      const { name } = field;
      // It wants its private key, which is sealed.
      if (name === 'certificate') continue;
      if (this.#pick(0, 3) === 0 && field.meta.required !== true) {
        this.#count(unset(this.#model, open, name));
        continue;
      }
      const text = this.#text(() => fieldText(field, this.#draw, this.#written) ?? 'nothing');
      const values = field.meta.secret === undefined ? [text] : ['ENC', text];
      this.#count(await set(this.#model, open, name, values));
      if (field.meta.list === undefined) continue;
      const another = this.#text(() => fieldText(field, this.#draw, this.#written) ?? 'nothing');
      this.#count(append(this.#model, open, name, [another]));
      if (this.#pick(0, 4) === 0) this.#count(unselect(this.#model, open, name, [another]));
    }
    for (const [name, value] of fixed[table.id] ?? []) await set(this.#model, open, name, [value]);
    for (const sub of table.tables.values()) await this.#rows({ table: sub, parent: row }, draft);
  }

  #rearrange(open: OpenTable, [first, second]: readonly string[]): void {
    if (first === undefined) return;
    const name = this.#draw(() => keysOf(open.table));
    switch (this.#pick(0, 5)) {
      case 0:
        this.#count(rename(this.#model, this.#draft, open, first, name));
        break;
      case 1:
        this.#count(clone(this.#model, this.#draft, open, first, name));
        break;
      case 2:
        this.#count(remove(this.#model, this.#draft, open, first));
        break;
      default:
        this.#count(move(this.#model, this.#draft, open, first, 'after', second ?? name));
    }
  }

  /** Mostly a text that may fit. */
  #text(fitting: () => string): string {
    return this.#pick(0, 5) === 0 ? this.#draw(() => texts) : fitting();
  }

  #pick(min: number, max: number): number {
    return this.#draw(() => fc.integer({ min, max }));
  }

  /** Whether it was accepted. */
  #count(faults: readonly unknown[]): boolean {
    this.refused += faults.length;
    return faults.length === 0;
  }
}

function written(table: Table, levee: Levee): number {
  return levee.configuration.view.rows(table.id, null).length;
}

test('what the model accepts is printed, and imports to the same', async () => {
  const reached = new Set<string>();
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (draw) => {
      const first = new Levee(undefined, listing);
      const second = new Levee(undefined, listing);
      try {
        const author = new Author(modelOf(catalogue, first.configuration), (arbitrary) => draw(arbitrary));
        await author.write();
        refused += author.refused;
        for (const table of catalogue.tables) if (written(table, first) > 0) reached.add(table.id);
        const short = await first.show();
        const full = await first.show('show full-configuration');
        const reply = await second.as('bert').import(short);
        assert.equal(printed(reply), '', short);
        assert.equal(await second.show(), short);
        assert.equal(await second.show('show full-configuration'), full);
      } finally {
        first.close();
        second.close();
      }
    }),
    { numRuns: rounds(8, 40), endOnFailure: true },
  );
  assert.ok(refused > 0, 'nothing was refused');
  // A sample need not have written into every table.
  if (!isWhole) return;
  const never = catalogue.tables.filter(({ id }) => !reached.has(id)).map(({ id }) => id);
  assert.deepEqual(never, [], 'nothing was ever written into these');
});
