import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rounds } from '../campaign.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { openSockets } from '../network/open-sockets.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';
import { linesOf, scriptsOf, startScripted } from '../running/scripted.ts';

test('a new version is for new connections, and those that run keep theirs until they end', async (context) => {
  const member = await startMember(context);
  const version = (name: string): string => `
    when RULE_INIT { count = 0 PROXY:atomic_counter_create("all") }
    when TCP_ACCEPTED { count = count + 1 log("${name} %d of %d", count, PROXY:atomic_counter_inc("all")) }
    when STREAM_REQUEST_DATA { log("${name} still") }
    when TCP_CLOSED { log("${name} closed") }
    when RULE_EXIT { log("${name} exit") }`;
  const { running, port, change } = await startScripted(context, {
    members: [memberOf(member.port)],
    scripts: scriptsOf(version('old')),
  });
  const saying = async (count: number, ...lines: readonly string[]): Promise<void> => {
    await until(`${count} lines are said`, () => linesOf(running).length >= count);
    assert.deepEqual(linesOf(running).slice(count - lines.length), lines);
  };
  await running.open(2, port);
  await saying(2, 'old 1 of 1', 'old 2 of 2');
  await change({ scripts: scriptsOf(version('new')) });
  await running.open(1, port);
  await saying(3, 'new 1 of 3');
  // What changes elsewhere in the policy makes no new version.
  await change({ trafficLog: true });
  await running.open(1, port);
  await saying(4, 'new 2 of 4');
  const [first, second, third] = running.clients;
  first?.socket.write('x');
  await saying(5, 'old still');
  third?.socket.write('x');
  await saying(6, 'new still');
  first?.close();
  await saying(7, 'old closed');
  second?.close();
  await saying(9, 'old closed', 'old exit');
  await change({ scripts: [] });
  await running.open(1, port);
  third?.socket.write('x');
  await saying(10, 'new still');
  running.clients[3]?.close();
  third?.close();
  await saying(13, 'new closed', 'new closed', 'new exit');
  await change({ scripts: scriptsOf(version('third')) });
  await running.open(1, port);
  await saying(14, 'third 1 of 5');
});

test('the scripts of two policies share nothing', async (context) => {
  const member = await startMember(context);
  const ports = [await freePort(), await freePort()];
  const running = start(context);
  const policies = ports.map((port, index) =>
    policyOf({
      id: index + 1,
      endpoints: [{ address: '127.0.0.1', port }],
      members: [memberOf(member.port)],
      scripts: scriptsOf(`when TCP_ACCEPTED {
        seen = (seen or 0) + 1
        PROXY:atomic_counter_create("c")
        log("${index} %d %d", seen, PROXY:atomic_counter_inc("c"))
      }`),
    }),
  );
  await running.workers.apply(snapshotOf(...policies));
  await running.open(2, ports[0] ?? 0);
  await running.open(1, ports[1] ?? 0);
  await until('all is said', () => linesOf(running).length === 3);
  assert.deepEqual(linesOf(running), ['0 1 1', '0 2 2', '1 1 1']);
});

test('a policy that goes, and workers that stop, end every connection with its last event', async (context) => {
  const member = await startMember(context);
  const text = 'when TCP_CLOSED { log("closed") } when RULE_EXIT { log("exit") }';
  const policy = { members: [memberOf(member.port)], scripts: scriptsOf(text) };
  const { running, port, change } = await startScripted(context, policy);
  await running.open(3, port);
  await change({ enabled: false });
  await until('all is said', () => linesOf(running).length === 3);
  await change({ enabled: true });
  await running.open(4, port);
  await running.workers.stop();
  assert.deepEqual(linesOf(running), [...Array(7).fill('closed'), 'exit']);
});

const many = rounds(1000, 5000);

test(`${many} connections with scripts leave nothing behind`, async (context) => {
  const member = await startMember(context, (socket) => socket.pipe(socket));
  const text = `
    when RULE_INIT { sessions = {} held = 0 }
    when TCP_ACCEPTED {
      held = held + 1
      sessions[MGM:get_session_id()] = true
      tick = function() ticks = (ticks or 0) + 1 end
      TCP:after_timer_set("tick", 1, true)
      TCP:after_timer_set("late", 3600000, false)
      if held % 7 == 0 then TCP:reject() elseif held % 11 == 0 then TCP:close() end
    }
    late = function() log("late") end
    when STREAM_CLIENT_INIT { TCP:peek(1) }
    when SERVER_BEFORE_CONNECT { TCP:sockopt{op = "set", message = "tos", value = 8} TCP:set_snat_ip("127.0.0.5") }
    when STREAM_REQUEST_DATA { TCP:replace(TCP:receive():upper()) }
    when TCP_CLOSED {
      sessions[MGM:get_session_id()] = nil
      closed = (closed or 0) + 1
      if closed == ${many} then log("%d left, %s", next(sessions) and 1 or 0, ticks > 0) end
    }
    when RULE_EXIT { log("exit") }`;
  const { running, port, change } = await startScripted(context, {
    members: [memberOf(member.port)],
    scripts: scriptsOf(text),
  });
  const listening = openSockets();
  const atOnce = 100;
  for (let opened = 0; opened < many; opened += atOnce) {
    const clients = Array.from({ length: atOnce }, (_, index) => {
      const client = new Client('127.0.0.1', port);
      // All three ways: they say something, end without a word, or go while the server is connected to.
      if (index % 3 === 0) client.socket.end('x');
      else if (index % 3 === 1) client.socket.end();
      else client.socket.once('connect', () => client.socket.write('y', () => client.socket.destroy()));
      return client;
    });
    await Promise.all(clients.map(({ end }) => end));
    for (const { socket } of clients) socket.destroy();
  }
  await running.untilIdle();
  await until('the last connection has said it', () => linesOf(running).length > 0);
  assert.deepEqual(linesOf(running), ['0 left, true']);
  await change({ scripts: [] });
  await until('no session keeps the version', () => linesOf(running).at(-1) === 'exit');
  await until('no socket is left behind', () => openSockets() <= listening);
});
