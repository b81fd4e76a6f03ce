import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMember } from '../network/member.ts';
import { memberOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { linesOf, scriptsOf, startScripted } from '../running/scripted.ts';

const blocking = `
when TCP_ACCEPTED {
  if TCP:count() == 4 then log("%s", TCP:block(60)) TCP:send("last") end
  log("%d %d", TCP:count(), TCP:count("127.0.0.3"))
}
when TCP_CLOSED { closed = (closed or 0) + 1 log("closed %d", closed) }`;

test('block closes all that the source holds and refuses the rest; others go on', async (context) => {
  const member = await startMember(context);
  const policy = { members: [memberOf(member.port)], scripts: scriptsOf(blocking) };
  const { running, port } = await startScripted(context, policy);
  await running.open(2, port, '127.0.0.1', '127.0.0.3');
  await running.open(4, port, '127.0.0.1', '127.0.0.2');
  await until('the blocked ones are closed', () => running.counted === 2);
  const [, , ...blocked] = running.clients;
  await until('the clients know', () => blocked.every(({ error }) => error === 'ECONNRESET'));
  assert.deepEqual(await running.open(2, port, '127.0.0.1', '127.0.0.2'), ['reset', 'reset']);
  assert.deepEqual(await running.open(1, port, '127.0.0.1', '127.0.0.3'), ['admitted']);
  await until('all is said', () => linesOf(running).length === 12);
  assert.deepEqual(linesOf(running), [
    '1 1',
    '2 2',
    '1 2',
    '2 2',
    '3 2',
    'true',
    '4 2',
    ...[1, 2, 3, 4].map((count) => `closed ${count}`),
    '3 3',
  ]);
  assert.deepEqual(
    running.violations.map(({ reason, source, threshold }) => [reason, source, threshold]),
    [['script', '127.0.0.2', 0]],
  );
});

test('under monitor-mode nobody is blocked, and the script is told', async (context) => {
  const member = await startMember(context);
  const { running, port } = await startScripted(context, {
    members: [memberOf(member.port)],
    monitorMode: true,
    scripts: scriptsOf('when TCP_ACCEPTED { log("%s", TCP:block(60)) }'),
  });
  assert.deepEqual(await running.open(2, port), ['admitted', 'admitted']);
  await until('it is said', () => linesOf(running).length === 2);
  assert.deepEqual(linesOf(running), ['false', 'false']);
});
