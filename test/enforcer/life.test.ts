import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';

function at(port: number, address = '127.0.0.1') {
  return { address, port };
}

test('hold N, apply a change that concerns nobody here: N+1 is refused', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2 });
  const [port, other] = [await freePort(), await freePort()];
  const members = [memberOf(member.port)];
  const policy = policyOf({ endpoints: [at(port)], rule: ruleOf({ threshold: 5 }), members });
  await running.workers.apply(snapshotOf(policy));
  await running.open(5, port);
  await running.workers.apply(snapshotOf(policy, policyOf({ id: 2, endpoints: [at(other)], members })));
  assert.deepEqual(await running.open(1, port), ['reset']);
  assert.equal(running.held.length, 5);
});

test('a lower threshold cuts nobody, a new name keeps the counts, other addresses keep the connections', async (context) => {
  const member = await startMember(context);
  const running = start(context);
  const [port, other] = [await freePort(), await freePort()];
  const members = [memberOf(member.port)];
  const policy = policyOf({ endpoints: [at(port)], rule: ruleOf({ threshold: 5 }), members });
  await running.workers.apply(snapshotOf(policy));
  await running.open(5, port);
  const changed = {
    ...policy,
    name: 'renamed',
    endpoints: [at(other)],
    rule: ruleOf({ threshold: 2, name: 'lower' }),
  };
  await running.workers.apply(snapshotOf(changed));
  assert.deepEqual(await running.open(1, port), ['closed'], 'the former listener is gone');
  assert.deepEqual(await running.open(1, other), ['reset'], 'what it holds still counts');
  assert.equal(running.held.length, 5);
});

test('a policy that is deleted leaves no violation untold', async (context) => {
  const member = await startMember(context);
  const running = start(context);
  const port = await freePort();
  const members = [memberOf(member.port)];
  const policy = policyOf({ endpoints: [at(port)], rule: ruleOf({ threshold: 1 }), members });
  await running.workers.apply(snapshotOf(policy));
  await running.open(2, port, '127.0.0.1', '127.0.0.2');
  // The worker posts one batch per 100 ms: this one waits.
  await running.open(2, port, '127.0.0.1', '127.0.0.3');
  await running.workers.apply(snapshotOf());
  assert.deepEqual(
    running.violations.map(({ source }) => source),
    ['127.0.0.2', '127.0.0.3'],
  );
});

for (const [what, after] of [
  ['status disable', { enabled: false }],
  ['deletion', null],
] as const) {
  test(`${what} resets the connections and closes the listener`, async (context) => {
    const member = await startMember(context);
    const running = start(context, { workers: 2 });
    const port = await freePort();
    const members = [memberOf(member.port)];
    const policy = policyOf({ endpoints: [at(port)], rule: ruleOf({ threshold: 5 }), members });
    await running.workers.apply(snapshotOf(policy));
    await running.open(5, port);
    await running.workers.apply(after === null ? snapshotOf() : snapshotOf({ ...policy, ...after }));
    await until('all are cut', () => running.held.length === 0);
    assert.ok(running.clients.every(({ error }) => error === 'ECONNRESET'));
    assert.deepEqual(await running.open(1, port), ['closed']);
    assert.deepEqual(running.workers.status().listeners, []);
    await running.untilIdle();
    await running.workers.apply(snapshotOf(policy));
    assert.deepEqual(await running.open(1, port), ['admitted']);
  });
}

test('a member that is disabled loses its connections; one in maintenance or removed keeps them and gets no more', async (context) => {
  const [first, second] = [await startMember(context), await startMember(context)];
  const running = start(context);
  const port = await freePort();
  const policy = policyOf({ endpoints: [at(port)], members: [memberOf(first.port), memberOf(second.port)] });
  await running.workers.apply(snapshotOf(policy));
  await running.open(4, port);
  assert.deepEqual([first.sockets.size, second.sockets.size], [2, 2], 'each in turn');

  const maintain = memberOf(first.port, { status: 'maintain' });
  await running.workers.apply(snapshotOf({ ...policy, members: [maintain, memberOf(second.port)] }));
  await running.open(2, port);
  assert.deepEqual([first.sockets.size, second.sockets.size], [2, 4]);

  await running.workers.apply(snapshotOf({ ...policy, members: [memberOf(second.port)] }));
  await running.open(1, port);
  assert.deepEqual([first.sockets.size, second.sockets.size], [2, 5]);

  const disable = memberOf(second.port, { status: 'disable' });
  await running.workers.apply(snapshotOf({ ...policy, members: [memberOf(first.port), disable] }));
  await until('its connections are cut', () => second.sockets.size === 0);
  assert.equal(running.held.length, 2);
  await running.open(1, port);
  assert.equal(first.sockets.size, 3);
});

test('a changed prefix counts what is held anew', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2 });
  const port = await freePort();
  const members = [memberOf(member.port)];
  const policy = policyOf({ endpoints: [at(port)], rule: ruleOf({ threshold: 3 }), members });
  await running.workers.apply(snapshotOf(policy));
  for (const from of ['127.0.0.1', '127.0.0.2', '127.0.0.3']) {
    assert.deepEqual(await running.open(1, port, '127.0.0.1', from), ['admitted']);
  }
  assert.equal(running.sources().length, 3);
  await running.workers.apply(snapshotOf({ ...policy, rule: ruleOf({ threshold: 3, prefixV4: 24 }) }));
  assert.deepEqual(
    running.sources().map(({ source, open }) => [source, open]),
    [['127.0.0.0', 3]],
  );
  assert.deepEqual(await running.open(1, port, '127.0.0.1', '127.0.0.4'), ['reset']);
});

test('an endpoint that goes from one policy to another is never closed', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2 });
  const port = await freePort();
  const members = [memberOf(member.port)];
  const one = policyOf({ id: 1, endpoints: [at(port)], members });
  const two = policyOf({ id: 2, endpoints: [], members });
  await running.workers.apply(snapshotOf(one, two));
  await running.open(1, port);
  let isChanging = true;
  const outcomes: string[] = [];
  const probing = (async () => {
    while (isChanging) outcomes.push(...(await running.open(1, port)));
  })();
  for (let turn = 0; turn < 10; turn++) {
    const [without, having] = turn % 2 === 0 ? [one, two] : [two, one];
    await running.workers.apply(
      snapshotOf({ ...without, endpoints: [] }, { ...having, endpoints: [at(port)] }),
    );
  }
  isChanging = false;
  await probing;
  assert.ok(outcomes.every((outcome) => outcome === 'admitted'));
  assert.equal(running.clients[0]?.socket.destroyed, false);
});

test('a listener that cannot bind does not stop the others, and comes when it can', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2 });
  const stranger = createServer();
  const [taken, port] = [await freePort(), await freePort()];
  stranger.listen(taken, '127.0.0.1');
  await once(stranger, 'listening');
  const endpoints = [at(taken), at(port)];
  await running.workers.apply(snapshotOf(policyOf({ id: 7, endpoints, members: [memberOf(member.port)] })));
  assert.deepEqual(await running.open(1, port), ['admitted']);
  const [event] = running.told('listener-failed');
  assert.deepEqual([event?.endpoint, event?.policy], [`127.0.0.1:${taken}`, 7]);
  assert.match(event?.reason ?? '', /EADDRINUSE/);
  stranger.close();
  await until('it listens', () => running.told('listener-recovered').length > 0);
  assert.deepEqual(await running.open(1, taken), ['admitted']);
});

test('nobody can share a port that Levee listens on', async (context) => {
  const running = start(context, { workers: 2 });
  const port = await freePort();
  await running.workers.apply(snapshotOf(policyOf({ endpoints: [at(port)] })));
  const stranger = createServer();
  stranger.listen({ host: '127.0.0.1', port, reusePort: true });
  const [error] = await once(stranger, 'error');
  assert.equal(error.code, 'EADDRINUSE');
});

test('from one address to every address of the same port, and back, in one change', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2 });
  const port = await freePort();
  const policy = policyOf({ members: [memberOf(member.port)] });
  for (const address of ['127.0.0.1', '0.0.0.0', '127.0.0.1']) {
    await running.workers.apply(snapshotOf({ ...policy, endpoints: [at(port, address)] }));
    assert.deepEqual(await running.open(2, port), ['admitted', 'admitted']);
  }
  assert.equal(running.held.length, 6);
  assert.deepEqual(running.unexpected, []);
});
