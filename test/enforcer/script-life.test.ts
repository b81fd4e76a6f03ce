import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '../network/client.ts';
import { echo, startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';
import { FailingWorkers } from '../running/failing-workers.ts';
import { linesOf, scriptsOf, startScripted } from '../running/scripted.ts';
import { fromPeers, headerOf, speaking, trickle } from './proxied.ts';

test('behind a proxy a connection begins with its header: the announced client is the client', async (context) => {
  const member = await startMember(context);
  const { running, port } = await startScripted(context, {
    members: [memberOf(member.port)],
    proxyProtocol: fromPeers('127.0.0.1'),
    rule: ruleOf({ threshold: 1 }),
    scripts: scriptsOf(`
      when TCP_ACCEPTED { log("%s %d, %s holds %d", IP:client_addr(), IP:client_port(), IP:remote_addr(), TCP:count()) }
      when STREAM_CLIENT_INIT { log("%s", TCP:peek()) }
      when TCP_CLOSED { log("closed") }`),
  });
  const one = speaking(port, Buffer.concat([headerOf('203.0.113.7', 'v2', 4711), Buffer.from('hello')]));
  assert.equal(await one.outcome, 'admitted');
  // Refused by the rule, and by its header: neither was admitted, so no event is of them.
  assert.equal(await speaking(port, headerOf('203.0.113.7')).outcome, 'reset');
  assert.equal(await speaking(port, Buffer.from('GET / HTTP/1.1\r\n\r\n')).outcome, 'reset');
  one.socket.destroy();
  await running.untilIdle();
  await until('all is said', () => linesOf(running).length === 3);
  assert.deepEqual(linesOf(running), ['203.0.113.7 4711, 127.0.0.1 holds 1', 'hello', 'closed']);
});

test('a client that is waited for counts, falls silent, and is closed when it is idle for too long', async (context) => {
  const member = await startMember(context);
  const running = start(context);
  const port = await freePort();
  const policy = policyOf({
    endpoints: [{ address: '127.0.0.1', port }],
    members: [memberOf(member.port)],
    rule: ruleOf({ silentThreshold: 1, silentAfter: 0.05 }),
    trafficLog: true,
    scripts: scriptsOf('when STREAM_CLIENT_INIT { log("init") } when TCP_CLOSED { log("closed") }'),
  });
  await running.workers.apply({ ...snapshotOf(policy), idleTimeout: 600 });
  const silent = new Client('127.0.0.1', port);
  await until('it is silent', () => running.sources()[0]?.silent === 1);
  assert.deepEqual(await running.open(1, port), ['reset']);
  assert.equal(await silent.end, 'ECONNRESET');
  await until('it is told', () => running.traffic.length === 1);
  assert.deepEqual(
    running.traffic.map(({ cause, member: reached }) => [cause, reached]),
    [['idle', '']],
  );
  assert.deepEqual(linesOf(running), ['closed']);
  assert.equal(member.accepted, 0);
});

test('what TCP:collect waits for may come in pieces, or not at all, and all of it is relayed', async (context) => {
  const member = await startMember(context, echo);
  const running = start(context);
  const port = await freePort();
  const policy = policyOf({
    endpoints: [{ address: '127.0.0.1', port }],
    members: [memberOf(member.port)],
    scripts: scriptsOf(`when STREAM_CLIENT_INIT {
      local ready, why = TCP:collect(5, TCP:peek(1) == "l" and 100 or 60000)
      if ready ~= false then log("%s %s", TCP:peek(), why) end
    }`),
  });
  await running.workers.apply(snapshotOf(policy));
  const [whole, late, ended] = [1, 2, 3].map(() => new Client('127.0.0.1', port));
  assert.ok(whole !== undefined && late !== undefined && ended !== undefined);
  running.clients.push(whole, late, ended);
  await trickle(whole.socket, Buffer.from('whole'));
  await until('it is relayed', () => whole.received === 6);
  late.socket.write('late');
  await until('it is relayed', () => late.received === 5);
  ended.socket.end('end');
  assert.equal(await ended.end, '');
  assert.equal(ended.received, 4);
  await until('all is said', () => linesOf(running).length === 3);
  assert.deepEqual(linesOf(running).toSorted(), ['end end', 'late timeout', 'whole nil']);
});

test('a script that chooses a server in STREAM_REQUEST_DATA does so with the first bytes', async (context) => {
  const [one, other] = [await startMember(context, echo), await startMember(context, echo)];
  const running = start(context);
  const port = await freePort();
  const policy = policyOf({
    endpoints: [{ address: '127.0.0.1', port }],
    members: [memberOf(one.port), memberOf(other.port)],
    scripts: scriptsOf(`
      when SERVER_CONNECTED { log("connected") }
      when STREAM_REQUEST_DATA {
        log("%s %s", TCP:receive(), LB:set_peer("127.0.0.1", ${other.port}))
        TCP:replace(TCP:receive():upper() .. "!")
      }`),
  });
  await running.workers.apply(snapshotOf(policy));
  for (const text of ['first', 'again']) {
    const client = new Client('127.0.0.1', port);
    running.clients.push(client);
    client.socket.write(text);
    await until('it is relayed', () => client.received === 7);
    client.socket.write('more');
    await until('that is, too', () => client.received === 12);
  }
  assert.deepEqual([one.accepted, other.accepted], [0, 2]);
  await until('all is said', () => linesOf(running).length === 6);
  assert.deepEqual(linesOf(running).slice(0, 3), ['first true', 'connected', 'more nil']);
});

test('a script that is switched off lets all in, or nobody, as the policy says', async (context) => {
  const member = await startMember(context);
  const running = start(context);
  const port = await freePort();
  const policy = policyOf({
    endpoints: [{ address: '127.0.0.1', port }],
    members: [memberOf(member.port)],
    scripts: scriptsOf('when TCP_ACCEPTED { log("here") }', 'error("it does not start")'),
  });
  const outcomes: unknown[] = [];
  for (const scriptsFailClosed of [false, true, false]) {
    await running.workers.apply(snapshotOf({ ...policy, scriptsFailClosed }));
    outcomes.push(...(await running.open(1, port)));
  }
  assert.deepEqual(outcomes, ['admitted', 'reset', 'admitted']);
  const off = () => running.events.filter(({ type }) => type === 'script-switched-off');
  await until('it is told', () => off().length === 3);
  assert.match(JSON.stringify(off()[1]), /it could not be started; new connections are reset until/);
});

test('a worker that takes the place of another has the scripts, and what they share', async (context) => {
  const failing = new FailingWorkers();
  const member = await startMember(context);
  const text = `when RULE_INIT { PROXY:atomic_counter_create("all") here = 0 log("init") }
    when VS_LISTENER_BIND { log("bind") }
    when TCP_ACCEPTED { here = here + 1 log("%d, here %d", PROXY:atomic_counter_inc("all"), here) }`;
  const { running, port } = await startScripted(
    context,
    { members: [memberOf(member.port)], scripts: scriptsOf(text) },
    { spawn: failing.spawn },
  );
  await running.open(2, port);
  await until('all is said', () => linesOf(running).length === 4);
  failing.started[0]?.postMessage({ test: 'throw' });
  await until('there is another', () => linesOf(running).length === 6);
  assert.deepEqual(await running.open(1, port), ['admitted']);
  await until('it has said it', () => linesOf(running).length === 7);
  assert.deepEqual(linesOf(running), ['init', 'bind', '1, here 1', '2, here 2', 'init', 'bind', '3, here 1']);
});

test('what a script sends keeps a connection from being idle', async (context) => {
  let heard = 0;
  const member = await startMember(context, (socket) => {
    socket.write('!');
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.length;
    });
  });
  const running = start(context);
  const port = await freePort();
  const policy = policyOf({
    endpoints: [{ address: '127.0.0.1', port }],
    members: [memberOf(member.port)],
    trafficLog: true,
    scripts: scriptsOf(`when SERVER_CONNECTED {
      beats = 0
      beat = function()
        beats = beats + 1
        TCP:send("b")
        if beats == 12 then TCP:after_timer_cancel("beat") end
      end
      TCP:after_timer_set("beat", 50, true)
    }`),
  });
  await running.workers.apply({ ...snapshotOf(policy), idleTimeout: 300 });
  await running.open(1, port);
  await until('it is idle in the end', () => running.traffic.length === 1);
  assert.deepEqual([running.traffic[0]?.cause, heard], ['idle', 12]);
});
