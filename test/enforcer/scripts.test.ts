import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMember } from '../network/member.ts';
import { memberOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { linesOf, scriptsOf, startScripted } from '../running/scripted.ts';

const events = [
  'RULE_INIT',
  'VS_LISTENER_BIND',
  'TCP_ACCEPTED',
  'STREAM_CLIENT_INIT',
  'SERVER_BEFORE_CONNECT',
  'SERVER_CONNECTED',
  'STREAM_REQUEST_DATA',
  'STREAM_RESPONSE_DATA',
  'SERVER_CLOSED',
  'TCP_CLOSED',
  'RULE_EXIT',
];

test('a connection goes through all events in their order, with a log line from each', async (context) => {
  const member = await startMember(context, (socket) => socket.pipe(socket));
  const text = events.map((event) => `when ${event} { log("${event}") }`).join('\n');
  const { running, port, change } = await startScripted(context, {
    members: [memberOf(member.port)],
    scripts: scriptsOf(text),
  });
  const [opened] = [running.open(1, port)];
  await until('it is accepted', () => running.connections === 1);
  running.clients[0]?.socket.write('hello');
  assert.deepEqual(await opened, ['admitted']);
  running.clients[0]?.close();
  await running.untilIdle();
  await change({ scripts: [] });
  await until('all is told', () => linesOf(running).at(-1) === 'RULE_EXIT');
  assert.deepEqual(linesOf(running), events);
});
