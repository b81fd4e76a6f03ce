import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatheredBytes } from '../../src/doors/gathered-bytes.ts';

test('pieces are copied out of what they came in, in room of about their length', () => {
  const gathered = new GatheredBytes();
  const received = Buffer.alloc(64 * 1024, 'x');
  for (let count = 0; count < 4000; count++) {
    received[0] = 97 + (count % 26);
    gathered.add(received.subarray(0, 1));
  }
  assert.equal(gathered.bytes.length, 4000);
  assert.equal(gathered.bytes.toString('latin1', 0, 28), 'abcdefghijklmnopqrstuvwxyzab');
  assert.ok(gathered.bytes.buffer.byteLength <= 2 * 4000, `${gathered.bytes.buffer.byteLength} bytes`);
});

test('what is taken from the front is whole, and what is left stays in order', () => {
  const gathered = new GatheredBytes();
  gathered.add(Buffer.from('one two '));
  const first = gathered.take(4);
  gathered.add(Buffer.from('three'));
  assert.deepEqual([first.toString(), gathered.bytes.toString()], ['one ', 'two three']);
  assert.deepEqual([gathered.take(100).toString(), gathered.length], ['two three', 0]);
});
