import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkScript } from '../../../src/scripting/script/check.ts';
import { examplesIn, pages } from './pages.ts';
import { outcomesOf } from './run.ts';

const all = [...pages].flatMap(([page, text]) => examplesIn(page, text));
const examples = all.filter(({ linux }) => !linux || process.platform === 'linux');

test('every example of the pages on scripts does on real connections what its page says', async (context) => {
  if (examples.length < all.length)
    context.diagnostic(`${all.length - examples.length} examples are left out: they take Linux`);
  for (const { page, code } of examples) assert.deepEqual(checkScript(code), [], page);
  const outcomes = await outcomesOf(context, examples);
  for (const [index, { page, expected, code }] of examples.entries())
    assert.deepEqual(outcomes[index], expected, `${page}: ${code}`);
});
