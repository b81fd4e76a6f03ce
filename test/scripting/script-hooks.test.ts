import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ScriptHost, type ScriptLine, scriptHooksSource } from '../../src/scripting/script-hooks.ts';
import { createScriptMemory } from '../../src/scripting/shared/layout.ts';
import { Clock, FakeConnection } from './harness.ts';

const hooksOf = (...texts: string[]) => {
  const clock = new Clock();
  const lines: ScriptLine[] = [];
  const engine = {
    now: () => clock.time,
    wallClock: () => clock.time,
    after: clock.after.bind(clock),
    every: clock.every.bind(clock),
  };
  const host: ScriptHost = { engine, worker: 1, report: (line) => lines.push(line) };
  const scripts = texts.map((text, index) => ({ id: index, name: `s${index}`, text }));
  const hooks = scriptHooksSource()({ id: 7, scripts }, createScriptMemory(), host);
  assert.ok(hooks !== null);
  return { hooks, lines };
};

test('the life of a connection, as the enforcer tells it, is that of the events', () => {
  const events = [
    'TCP_ACCEPTED',
    'SERVER_BEFORE_CONNECT',
    'SERVER_CONNECTED',
    'SERVER_CLOSED',
    'TCP_CLOSED',
    'RULE_EXIT',
  ];
  const text = events.map((event) => `when ${event} { log("${event}") }`).join('\n');
  const { hooks, lines } = hooksOf(
    `${text}
    when TCP_BIND { TCP:sockopt{op = "set", message = "maxseg", value = 1200} }
    when STREAM_CLIENT_INIT { log("%s", TCP:peek(2)) }
    when STREAM_REQUEST_DATA { TCP:replace(TCP:receive():upper()) }
    when STREAM_RESPONSE_DATA { log("%d", #TCP:receive()) }`,
  );
  const port = new FakeConnection();
  hooks.listening(port);
  assert.deepEqual([...port.options], [['client maxseg', 1200]]);
  const connection = hooks.open(port);
  assert.ok(connection.awaitsClient);
  connection.accepted();
  connection.clientData(Buffer.from('abc'));
  connection.beforeConnect();
  connection.serverConnected();
  assert.deepEqual(Buffer.from(connection.request(Buffer.from('abc'))), Buffer.from('ABC'));
  const answer = Buffer.from('abcd');
  assert.equal(connection.response(answer), answer);
  hooks.retire();
  connection.serverClosed();
  connection.closed();
  assert.deepEqual(
    lines.map(({ message }) => message),
    [
      'TCP_ACCEPTED',
      'ab',
      'SERVER_BEFORE_CONNECT',
      'SERVER_CONNECTED',
      '4',
      'SERVER_CLOSED',
      'TCP_CLOSED',
      'RULE_EXIT',
    ],
  );
  assert.ok(lines.every(({ policy, script }) => policy === 7 && script === 's0'));
});

test('SYNs are kept, and the client is waited for, when a script may want it', () => {
  assert.ok(hooksOf('when TCP_ACCEPTED { TCP:sockopt{op = "get", type = 28} }').hooks.savesSyns);
  assert.ok(!hooksOf('when TCP_ACCEPTED { TCP:sockopt{op = "get", message = "tos"} }').hooks.savesSyns);
  assert.ok(!hooksOf('when TCP_ACCEPTED { if type(x) == "nil" then end -- sockopt\n }').hooks.savesSyns);
  const { hooks } = hooksOf(
    'when STREAM_CLIENT_INIT {}',
    'when TCP_ACCEPTED { MGM:set_event{event = "stream_client_init", operation = "disable"} }',
  );
  const connection = hooks.open(new FakeConnection());
  assert.ok(connection.awaitsClient);
  connection.accepted();
  assert.ok(!connection.awaitsClient);
  assert.ok(!hooksOf('when TCP_ACCEPTED {}').hooks.open(new FakeConnection()).awaitsClient);
});
