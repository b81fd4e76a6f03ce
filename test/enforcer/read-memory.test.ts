import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadMemory } from '../../src/enforcer/engine/node/read-memory.ts';

test('a chunk that nobody keeps is freed when its handler is done', () => {
  const memory = new ReadMemory();
  const chunk = new Uint8Array(100);
  memory.lend(chunk);
  assert.equal(memory.keep(new Uint8Array(100)), null);
  memory.end();
  assert.equal(chunk.length, 0);
});

test('a chunk of which a part is kept is left to whoever keeps it, and given to one alone', () => {
  const memory = new ReadMemory();
  const chunk = new Uint8Array(100);
  memory.lend(chunk);
  assert.equal(memory.keep(chunk.subarray(10)), chunk);
  assert.equal(memory.keep(chunk), null);
  memory.end();
  assert.equal(chunk.length, 100);
});

test('memory that others have a part of is not freed', () => {
  const memory = new ReadMemory();
  const shared = new Uint8Array(100);
  memory.lend(shared.subarray(50));
  memory.end();
  assert.equal(shared.length, 100);
});
