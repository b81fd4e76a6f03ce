import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineClock } from '../../src/enforcer/engine/engine.ts';
import type { HooksHost } from '../../src/enforcer/hooks/hooks.ts';
import type { RaisedEvent } from '../../src/events/events.ts';
import { scriptHooks } from '../../src/scripting/script-hooks.ts';
import { createScriptMemory } from '../../src/scripting/shared/layout.ts';
import { Clock, FakeConnection } from './harness.ts';

/** A worker, and what it was told. */
function workerOf(): { readonly host: HooksHost; readonly events: RaisedEvent[] } {
  const clock = new Clock();
  const events: RaisedEvent[] = [];
  const engine: EngineClock = {
    now: () => clock.time,
    wallClock: () => clock.time,
    after: clock.after.bind(clock),
    every: clock.every.bind(clock),
  };
  return { host: { engine, worker: 1, report: (event) => void events.push(event) }, events };
}

function hooksOf(...texts: string[]) {
  const { host, events } = workerOf();
  const scripts = texts.map((text, index) => ({ id: index, name: `s${index}`, text }));
  const source = scriptHooks();
  const another = (id: number) => {
    const hooks = source({ id, scripts, scriptsFailClosed: false }, createScriptMemory(), host);
    assert.ok(hooks !== null);
    return hooks;
  };
  const said = () => events.flatMap((event) => (event.type === 'script-said' ? [event] : []));
  return { hooks: another(7), another, events, said };
}

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
  const {
    hooks,
    said,
    events: raised,
  } = hooksOf(
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
  connection.clientData(Buffer.from('abc'), () => Buffer.from('abc'), null);
  connection.beforeConnect();
  connection.memberConnected();
  assert.deepEqual(Buffer.from(connection.request(Buffer.from('abc'))), Buffer.from('ABC'));
  const answer = Buffer.from('abcd');
  assert.equal(connection.response(answer), answer);
  hooks.retire();
  connection.memberClosed();
  connection.closed();
  assert.deepEqual(
    said().map(({ message }) => message),
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
  assert.equal(raised.length, said().length);
  assert.ok(said().every(({ policy, script }) => policy === 7 && script === 's0'));
});

test('the client is waited for as long as a script has a block for its first bytes', () => {
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

test('no two connections of a worker have one number, whatever their policies and versions', () => {
  const { hooks, another, said } = hooksOf('when TCP_ACCEPTED { log("%d", MGM:get_session_id()) }');
  for (const version of [hooks, another(7), another(8), hooks]) version.open(new FakeConnection()).accepted();
  assert.equal(said().length, 4);
  assert.equal(new Set(said().map(({ message }) => message)).size, 4);
});

test('a policy that there is no room for is told as one whose scripts are off', () => {
  const { host, events } = workerOf();
  const source = scriptHooks();
  const memory = createScriptMemory();
  const scripts = [{ id: 1, name: 's', text: 'when TCP_ACCEPTED {}' }];
  const made = Array.from({ length: 130 }, (_, id) =>
    source({ id, scripts, scriptsFailClosed: id === 129 }, memory, host),
  );
  assert.ok(made.slice(0, 128).every((hooks) => hooks !== null));
  assert.equal(made[128], null);
  assert.deepEqual(
    events.map((event) => event.type === 'script-switched-off' && [event.policy, event.script]),
    [
      [128, ''],
      [129, ''],
    ],
  );
  const refused = new FakeConnection();
  made[129]?.open(refused).accepted();
  assert.deepEqual(refused.done, ['reject']);
});
