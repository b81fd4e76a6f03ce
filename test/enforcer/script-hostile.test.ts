import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWhole } from '../campaign.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';
import { scriptsOf } from '../running/scripted.ts';
import { hostile } from '../scripting/hostile-cases.ts';

const events = [
  'RULE_INIT',
  'VS_LISTENER_BIND',
  'TCP_ACCEPTED',
  'SERVER_BEFORE_CONNECT',
  'SERVER_CONNECTED',
  'STREAM_REQUEST_DATA',
  'STREAM_RESPONSE_DATA',
  'SERVER_CLOSED',
  'TCP_CLOSED',
  'RULE_EXIT',
];

function inEveryEvent(body: string): string {
  return events.map((event) => `when ${event} { ${body} }`).join('\n');
}

/** What is worst where there is a connection, besides what is bad anywhere. */
const onConnections: Readonly<Record<string, string>> = {
  'an error in every event': inEveryEvent('error("on purpose")'),
  'an endless loop in every event': inEveryEvent('while true do end'),
  'a deep table given to the host': `when TCP_ACCEPTED {
    local deep = {} for i = 1, 10000 do deep = {deep} end
    PROXY:shared_table_create("t") PROXY:shared_table_insert("t", "k", deep)
  }`,
  'a table that holds itself': `when TCP_ACCEPTED {
    local t = {} t.t = t
    PROXY:shared_table_create("t") PROXY:shared_table_insert("t", "k", t)
  }`,
  'a timer that loops': `when TCP_ACCEPTED {
    tick = function() while true do end end
    TCP:after_timer_set("tick", 1, true)
  }`,
  'as many timers as it may': `when TCP_ACCEPTED {
    for i = 1, 100 do
      _G["tick" .. i] = function() end
      TCP:after_timer_set("tick" .. i, 1, true)
    end
  }`,
  'sending without end': `when TCP_ACCEPTED {
    more = function() while TCP:send(("x"):rep(100000)) do end end
    TCP:after_timer_set("more", 1, true)
  }`,
  'replacing little by much': 'when STREAM_RESPONSE_DATA { TCP:replace(("x"):rep(3000000)) }',
};

const bodies = Object.entries(hostile).map(
  ([name, [code]]) => [name, `when TCP_ACCEPTED { ${code}\n }`] as const,
);

/** Connections for each script; what is without end takes all the time that it may, on each. */
const many = isWhole ? 4 : 2;

test('whatever a script does, its worker lives, and the policy beside it loses no connection', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 1 });
  const [good, bad] = [await freePort(), await freePort()];
  const members = [memberOf(member.port)];
  const beside = policyOf({ id: 1, endpoints: [{ address: '127.0.0.1', port: good }], members });
  const apply = (text: string): Promise<void> =>
    running.workers.apply(
      snapshotOf(
        beside,
        policyOf({
          id: 2,
          name: 'bad',
          endpoints: [{ address: '127.0.0.1', port: bad }],
          members,
          scripts: scriptsOf(text),
        }),
      ),
    );
  await running.workers.apply(snapshotOf(beside));
  assert.deepEqual(await running.open(20, good), Array(20).fill('admitted'));
  const lasting = [...running.clients];

  for (const [name, text] of [...bodies, ...Object.entries(onConnections)]) {
    await apply(text);
    const clients = Array.from({ length: many }, () => new Client('127.0.0.1', bad));
    for (const { socket } of clients) socket.write('hello');
    const outcomes = await Promise.all(clients.map(({ outcome }) => outcome));
    assert.deepEqual(outcomes, Array(many).fill('admitted'), name);
    for (const [index, client] of lasting.entries()) {
      const before = client.received;
      client.socket.write('ping');
      await until(`connection ${index} is answered beside ${name}`, () => client.received >= before + 4);
    }
    assert.deepEqual(await running.open(1, good), ['admitted'], name);
    running.clients.pop()?.socket.destroy();
    for (const { socket } of clients) socket.destroy();
  }
  await running.workers.apply(snapshotOf(beside));
  assert.deepEqual(running.told('worker-ended'), []);
  assert.equal(running.held.length, lasting.length);
});

test('a script that keeps failing is switched off, which is told; the policy goes on', async (context) => {
  const member = await startMember(context);
  const running = start(context);
  const port = await freePort();
  await running.workers.apply(
    snapshotOf(
      policyOf({
        endpoints: [{ address: '127.0.0.1', port }],
        members: [memberOf(member.port)],
        scripts: scriptsOf(
          'when TCP_ACCEPTED { error("no") }',
          'when TCP_ACCEPTED { seen = (seen or 0) + 1 log("%d", seen) }',
        ),
      }),
    ),
  );
  for (let opened = 0; opened < 120; opened += 20) {
    assert.deepEqual(await running.open(20, port), Array(20).fill('admitted'));
  }
  const off = () => running.told('script-switched-off').at(0);
  await until('it is told', () => off() !== undefined);
  assert.equal(
    off()?.reason,
    'the script is switched off in worker 1: 100 failures in a row in TCP_ACCEPTED',
  );
  assert.equal(off()?.script, 's1');
  assert.equal(running.told('script-failed').length <= 100, true);
});

test('a client that does not read makes neither memory nor the server wait longer than it may', async (context) => {
  const member = await startMember(context, (socket) => {
    socket.on('data', () => {});
  });
  const running = start(context);
  const port = await freePort();
  await running.workers.apply(
    snapshotOf(
      policyOf({
        endpoints: [{ address: '127.0.0.1', port }],
        members: [memberOf(member.port)],
        scripts: scriptsOf(`
          when TCP_ACCEPTED {
            sent, refused = 0, 0
            more = function()
              if TCP:send(("x"):rep(100000)) then sent = sent + 1 else refused = refused + 1 end
              if refused == 20 then log("%d", sent) TCP:after_timer_cancel("more") end
            end
            TCP:after_timer_set("more", 1, true)
          }`),
      }),
    ),
  );
  const client = new Client('127.0.0.1', port);
  running.clients.push(client);
  client.socket.pause();
  const said = () => running.told('script-said').map(({ message }) => message);
  await until('so much was refused', () => said().length > 0);
  const sent = Number(said()[0]) * 100_000;
  client.socket.resume();
  await until('all that was taken arrives', () => client.received === sent);
});
