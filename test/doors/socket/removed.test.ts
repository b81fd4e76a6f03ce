import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { until } from '../../running/condition.ts';
import { serve } from './peer.ts';

test('a socket that was removed or replaced is made again, and who came by it before stays', async (context) => {
  const served = await serve(context);
  const { socket, reported } = served;
  const before = await served.connect('before');

  rmSync(socket);
  await until('it is there again', () => reported.length === 1);
  assert.equal(statSync(socket).mode & 0o777, 0o600);
  rmSync(socket);
  writeFileSync(socket, 'a file');
  await until('it is a socket again', () => reported.length === 2);
  const after = await served.connect('after');
  assert.deepEqual(served.origins, ['before', 'after']);
  assert.deepEqual(reported, ['socket-made-again', 'socket-made-again']);

  rmSync(socket);
  mkdirSync(socket);
  await until('it is told once that it can not be made', () => reported.includes('socket-lost'));
  rmdirSync(socket);
  await until('it is there again', () => reported.length === 4);
  assert.ok(statSync(socket).isSocket());
  assert.deepEqual(reported.slice(2), ['socket-lost', 'socket-made-again']);

  before.close();
  after.close();
  served.stop();
  assert.ok(!existsSync(socket));
});
