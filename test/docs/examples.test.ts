import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readExamples } from '../../docs/folders.ts';
import { fileName } from '../../docs/table-page.ts';
import { catalogue, openLevee, printed } from '../cli/in-process.ts';
import { facts, secretFields } from './configuration-text.ts';

const secrets = secretFields(catalogue);

suite('examples of the reference pages', () => {
  for (const [name, text] of readExamples()) {
    test(`${name} imports into an empty state, and show has all of it`, async (context) => {
      const levee = openLevee(context);
      const reply = await levee.as('reader').import(text);
      assert.equal(printed(reply), '');
      const shown = facts(await levee.show(), secrets);
      const wanted = facts(text, secrets);
      assert.ok(wanted.size > 0);
      assert.deepEqual([...wanted.difference(shown)], []);
    });
  }

  for (const table of catalogue.tables) {
    test(`the example of ${table.id} uses it`, () => {
      const text = readExamples().get(`${fileName(table)}.conf`) ?? '';
      if (table.readOnly) {
        const names = [...table.predefined.keys()];
        assert.ok(names.some((key) => text.includes(`"${key}"`)));
      } else {
        assert.ok(text.split('\n').includes(`config ${table.id}`));
      }
    });
  }
});
