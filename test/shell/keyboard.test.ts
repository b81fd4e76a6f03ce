import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Keyboard } from '../../src/shell/terminal/keyboard.ts';

test('a paste that is too long is not kept, and said to be', async () => {
  const input = new PassThrough();
  const keyboard = new Keyboard(input, 10);
  for (const text of ['0123456789', '0123456789a', '']) input.write(`\x1b[200~${text}\x1b[201~`);
  input.write('x');
  assert.deepEqual(await keyboard.next(), { kind: 'paste', text: '0123456789' });
  assert.deepEqual(await keyboard.next(), { kind: 'overflow' });
  const key = await keyboard.next();
  assert.equal(key?.kind === 'key' && key.chord, 'x');
  keyboard.stop();
});

test('keys that nobody reads are kept up to a bound', async () => {
  const input = new PassThrough();
  const keyboard = new Keyboard(input);
  input.write('x'.repeat(30_000));
  await setImmediate();
  keyboard.stop();
  let count = 0;
  while ((await keyboard.next()) !== null) count++;
  assert.equal(count, 10_000);
});
