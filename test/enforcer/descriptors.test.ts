import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';

const limit = 160;
const clientCount = 200;
const program = fileURLToPath(new URL('few-descriptors.ts', import.meta.url));

test('where the process itself has no descriptor left: reset, counted, told, and never a silent close', async (context) => {
  const member = await startMember(context);
  const port = await freePort();
  const script = `ulimit -n ${limit}; exec "$@"`;
  const child = spawn(
    '/bin/sh',
    ['-c', script, 'sh', process.execPath, program, String(port), String(member.port)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  context.after(() => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'ready');
  const clients = Array.from({ length: clientCount }, () => new Client('127.0.0.1', port));
  const outcomes = await Promise.all(clients.map(({ outcome }) => outcome));
  const admitted = outcomes.filter((outcome) => outcome === 'admitted').length;
  assert.deepEqual([...new Set(outcomes)].sort(), ['admitted', 'reset']);
  assert.ok(admitted > 0 && admitted < limit / 2);
  child.stdin.write('now\n');
  const told = JSON.parse(String((await lines.next()).value));
  assert.deepEqual(
    [told.counted, told.outOfDescriptors, new Set(told.told)],
    [admitted, clientCount - admitted, new Set(['descriptors-exhausted'])],
  );
  // It works on as soon as there are some.
  for (const { socket } of clients) socket.destroy();
  await until('a connection is taken again', async () => {
    const client = new Client('127.0.0.1', port);
    const outcome = await client.outcome;
    client.socket.destroy();
    return outcome === 'admitted';
  });
  child.stdin.write('end\n');
  await until('it has ended well', () => child.exitCode === 0);
});
