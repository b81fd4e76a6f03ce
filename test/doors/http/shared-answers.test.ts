import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedAnswers } from '../../../src/doors/http/shared-answers.ts';

test('what many ask at once is worked out once, and again for whoever asks later', async () => {
  const answers = new SharedAnswers<number>();
  let made = 0;
  const ask = (question = 'all'): Promise<number> => answers.get(question, async () => ++made);
  assert.deepEqual(await Promise.all([ask(), ask(), ask('web'), ask()]), [1, 1, 2, 1]);
  assert.equal(await ask(), 3);
  const failing = (): Promise<number> => answers.get('all', () => Promise.reject(new Error('no')));
  await Promise.all([failing(), failing()].map((each) => assert.rejects(each, /no/)));
  assert.equal(await ask(), 4);
});
