import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createPing } from '../../src/supervisor/echo/ping.ts';
import { askWithProgram } from '../../src/supervisor/echo/ping-program.ts';
import { temporaryFolder } from '../running/folder.ts';

const never = new AbortController().signal;
const options = { count: 1, size: 56, timeout: 5000 };

function program(context: TestContext, body: string): string {
  const file = join(temporaryFolder(context), 'ping');
  writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o700 });
  return file;
}

test('a ping program is asked where the system gives no socket, and understood', async (context) => {
  const asked = program(context, 'echo "64 bytes from $5: icmp_seq=1 ttl=64 time=0.042 ms ($*)"');
  assert.deepEqual(await askWithProgram('192.0.2.1', options, never, asked), {
    type: 'answered',
    milliseconds: 0.042,
  });
  const silent = program(context, 'exit 1');
  assert.deepEqual(await askWithProgram('192.0.2.1', options, never, silent), { type: 'silent' });
  const slow = program(context, 'exec sleep 60');
  assert.deepEqual(await askWithProgram('192.0.2.1', { size: 56, timeout: 20 }, never, slow), {
    type: 'silent',
  });
  const unable = program(context, 'echo "ping: socket: Operation not permitted" >&2; echo more >&2; exit 2');
  const result = await askWithProgram('192.0.2.1', options, never, unable);
  assert.equal(result.type === 'failed' && result.error.message, 'ping: socket: Operation not permitted');
  await assert.rejects(askWithProgram('192.0.2.1', options, never, join(silent, '..', 'none')), {
    message: 'no right to ping (net.ipv4.ping_group_range), and no ping program',
  });
});

test('a name that nobody answers for holds up nobody who gives up', async () => {
  let lookups = 0;
  const ping = createPing(() => {
    lookups += 1;
    return new Promise(() => undefined);
  });
  const [first, second] = [new AbortController(), new AbortController()];
  const both = [ping('one.example', options, first.signal), ping('two.example', options, second.signal)];
  second.abort();
  first.abort();
  for (const asked of both) await assert.rejects(asked, { message: 'no name server has answered in 5 s' });
  assert.equal(lookups, 1, 'one at a time');
});

test('a name without an address is told as that', async () => {
  await assert.rejects(createPing(async () => [])('none.example', options, never), {
    message: 'it has no address',
  });
  const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
  await assert.rejects(createPing(() => Promise.reject(unknown))('none.example', options, never), {
    message: 'nobody knows this name',
  });
});
