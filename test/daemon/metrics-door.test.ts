import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rawRequest, requestText } from '../doors/http/raw-request.ts';
import { freePort } from '../network/ports.ts';
import { newState, policyText } from '../running/levee.ts';

test('whoever watches Levee reads numbers and health at a door of their own', async (context) => {
  const state = newState(context);
  await state.daemonHere();
  const [port, listening] = [await freePort(), await freePort()];
  const run = async (text: string): Promise<{ status: number | null; stderr: string }> =>
    await state.here(['import', '-'], text);
  assert.equal((await run(policyText(listening, await freePort(), 5))).status, 0);
  const door = (...lines: readonly string[]): string =>
    ['config system access-door', 'edit "watch"', 'set type metrics', ...lines, 'end', ''].join('\n');
  const open = await run(door('set status enable', `set port ${port}`));
  assert.equal(open.status, 0, open.stderr);
  const ask = async (target: string): Promise<readonly [number, string]> => {
    const { status, body } = await rawRequest(port, requestText(target));
    return [status, body];
  };
  const [status, metrics] = await ask('/metrics');
  assert.equal(status, 200);
  assert.match(metrics, /^levee_connections\{policy="web"\} 0$/m);
  assert.match((await ask('/metrics?policy=web&top-sources=2'))[1], /^levee_build_info/m);
  assert.equal((await ask('/metrics?policy=nobody'))[0], 404);
  assert.equal((await ask('/metrics?top-sources=21'))[0], 400);
  assert.equal((await ask('/metrics?top=2'))[0], 400);
  assert.deepEqual(await ask('/healthz'), [200, 'ok\n']);
  assert.deepEqual(await ask('/readyz'), [200, 'ok\n']);
  assert.match((await ask('/readyz?verbose'))[1], /^\[\+\]listeners ok: all are bound$/m);
  assert.equal((await ask('/api/v2.0/cmdb/system/admin'))[0], 404);

  const wide = await run(door('set address 0.0.0.0'));
  assert.match(wide.stderr, /door 'watch' can't be opened/);
  assert.match(wide.stderr, /"set trusthostv4" with who may come to it/);
  assert.equal((await run(door('set address 0.0.0.0', 'set trusthostv4 127.0.0.0/8'))).status, 0);
  assert.deepEqual(await ask('/healthz'), [200, 'ok\n']);
  assert.equal((await run(door('set trusthostv4 192.0.2.0/24'))).status, 0);
  assert.equal((await ask('/healthz'))[0], 0);
});

test('while it ends it says first that it is not ready', async (context) => {
  const state = newState(context);
  const port = await freePort();
  const text = [
    'config system enforcer',
    'set drain-notice 60',
    'end',
    'config system access-door',
    'edit "watch"',
    'set type metrics',
    'set status enable',
    `set port ${port}`,
    'end',
    '',
  ].join('\n');
  assert.equal((await state.here(['import', '-'], text)).status, 0);
  const daemon = await state.daemon();
  daemon.child.kill('SIGTERM');
  await daemon.printed('stopping on SIGTERM');
  const ready = await rawRequest(port, requestText('/readyz?verbose'));
  assert.equal(ready.status, 503);
  assert.match(ready.body, /^\[-\]staying failed/m);
  assert.equal((await rawRequest(port, requestText('/healthz'))).status, 200);
  await daemon.kill('SIGTERM');
});
