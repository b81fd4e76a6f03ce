import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Inbox } from '../../src/system/inbox.ts';

test('a session that nobody works in keeps the last hundred messages, and says so', () => {
  const inbox = new Inbox();
  inbox.put('one');
  assert.deepEqual([inbox.take(), inbox.take()], [['one'], []]);
  for (let index = 1; index <= 250; index++) inbox.put(`message ${index}`);
  const texts = inbox.take();
  assert.equal(texts.length, 101);
  assert.deepEqual(
    [texts[0], texts[1], texts.at(-1)],
    ['what was said earlier is left out, 150 of 250', 'message 151', 'message 250'],
  );
  assert.deepEqual(inbox.take(), []);
});
