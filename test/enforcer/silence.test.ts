import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';
import { fromPeers, headerOf, speaking } from './proxied.ts';

test('a source with silent connections gets no more, until one of them speaks', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2 });
  const port = await freePort();
  const rule = ruleOf({ silentThreshold: 2, silentAfter: 0.2 });
  const endpoints = [{ address: '127.0.0.1', port }];
  await running.workers.apply(snapshotOf(policyOf({ endpoints, rule, members: [memberOf(member.port)] })));
  const silent = (): number => running.sources().reduce((sum, source) => sum + source.silent, 0);

  assert.deepEqual(await running.open(1, port), ['admitted']);
  running.clients[0]?.socket.write('I speak');
  assert.deepEqual(await running.open(2, port), ['admitted', 'admitted']);
  assert.equal(silent(), 0, 'none is silent yet');
  await until('two are silent', () => silent() === 2);
  assert.deepEqual(await running.open(1, port), ['reset']);
  await until('it is reported', () => running.violations.length === 1);
  const [{ reason, silent: told, open, threshold } = assert.fail()] = running.violations;
  assert.deepEqual([reason, told, open, threshold], ['silent', 2, 3, 2]);

  running.clients[1]?.socket.write('me too');
  await until('one is silent', () => silent() === 1);
  assert.deepEqual(await running.open(1, port), ['admitted']);
  await until('two are silent again', () => silent() === 2);
  running.clients[2]?.close();
  await until('one has gone', () => silent() === 1);
});

test('a header is no word of the client, and silence begins after it', async (context) => {
  const member = await startMember(context);
  const running = start(context);
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const rule = ruleOf({ silentThreshold: 5, silentAfter: 0.2 });
  const proxyProtocol = fromPeers('127.0.0.1');
  const members = [memberOf(member.port)];
  await running.workers.apply(snapshotOf(policyOf({ endpoints, rule, members, proxyProtocol })));
  const waiting = new Client('127.0.0.1', port);
  const quiet = speaking(port, headerOf('203.0.113.7'));
  const talking = speaking(port, Buffer.concat([headerOf('203.0.113.8'), Buffer.from('hello')]));
  running.clients.push(waiting, quiet, talking);
  await until('one is silent', () => running.sources().some(({ silent }) => silent > 0));
  assert.deepEqual(
    new Map(running.sources().map(({ source, open, silent }) => [source, [open, silent]])),
    new Map([
      ['127.0.0.1', [1, 0]],
      ['203.0.113.7', [1, 1]],
      ['203.0.113.8', [1, 0]],
    ]),
  );
});

test('the idle timeout changes with the snapshot, for connections that are open too', async (context) => {
  const member = await startMember(context);
  const running = start(context);
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const snapshot = snapshotOf(policyOf({ endpoints, members: [memberOf(member.port)] }));
  await running.workers.apply(snapshot);
  await running.open(2, port);
  const timer = setInterval(() => running.clients[0]?.socket.write('.'), 30);
  context.after(() => clearInterval(timer));
  await running.workers.apply({ ...snapshotOf(...snapshot.policies), idleTimeout: 500 });
  await until('the idle one is cut', () => running.clients[1]?.error === 'ECONNRESET');
  assert.equal(running.clients[0]?.error, '');
});
