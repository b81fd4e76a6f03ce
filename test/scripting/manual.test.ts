import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { OCCASIONS, type Occasion, ON_CONNECTION } from '../../src/scripting/commands/command.ts';
import { COMMAND_TABLES } from '../../src/scripting/commands/install.ts';
import { SOCKET_OPTIONS } from '../../src/scripting/commands/socket-options.ts';
import { checkScript } from '../../src/scripting/script/check.ts';
import { EVENT_NAMES } from '../../src/scripting/script/events.ts';
import { FakeConnection, world } from './harness.ts';

const manual = readFileSync(new URL('../../docs/scripting.md', import.meta.url), 'utf8');

/** Lua, and what it does in the life of a connection: lines in the log, then `-> ` what was done to the connection. */
const EXAMPLES = [...manual.matchAll(/^```lua\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?/gms)].map(
  ([, code = '', expected]) => ({ code, expected: expected?.trimEnd().split('\n') }),
);

/** Runs an example through the life of one connection. */
const live = (code: string): string[] => {
  const { runner, clock, lines } = world(code);
  const port = new FakeConnection();
  runner.fireBind(port);
  const session = runner.open(port);
  runner.fire('TCP_ACCEPTED', session);
  runner.fireData('STREAM_CLIENT_INIT', session, Buffer.from('GET / HTTP/1.1\r\n'));
  runner.fire('SERVER_BEFORE_CONNECT', session);
  runner.fire('SERVER_CONNECTED', session);
  runner.fireData('STREAM_REQUEST_DATA', session, Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  const answer = runner.fireData(
    'STREAM_RESPONSE_DATA',
    session,
    Buffer.from('HTTP/1.1 200 OK\r\nServer: x\r\n\r\n'),
  );
  assert.ok(answer.length > 0);
  clock.pass(5000);
  runner.fire('SERVER_CLOSED', session);
  runner.close(session);
  runner.retire();
  return [...lines(), ...port.done.map((done) => `-> ${done.replaceAll('\r\n', '\\r\\n')}`)];
};

test('every example of the manual does what the manual says', () => {
  assert.ok(EXAMPLES.length > 60);
  for (const { code, expected } of EXAMPLES) {
    assert.deepEqual(checkScript(code), [], code);
    const seen = live(code);
    assert.deepEqual(
      seen.filter((line) => /^(?:error|switched-off|notice)/.test(line)),
      [],
      code,
    );
    if (expected !== undefined) assert.deepEqual(seen, expected, code);
  }
});

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((item) => other.includes(item));

const described = (on: readonly Occasion[]): string => {
  if (isSame(on, OCCASIONS)) return 'all';
  if (isSame(on, ON_CONNECTION)) return 'all with a connection, timers';
  return on.map((occasion) => (occasion === 'TIMER' ? 'timers' : occasion)).join(', ');
};

test('every command has its section, with the events that it is for', () => {
  for (const [table, commands] of Object.entries(COMMAND_TABLES)) {
    for (const [name, { on }] of Object.entries(commands)) {
      const section = new RegExp(`^### ${table}:${name}[({](.*?)(?=^###? )`, 'ms').exec(manual)?.[1] ?? '';
      assert.equal(/^Events: (.*)\.$/m.exec(section)?.[1], described(on), `${table}:${name}`);
    }
  }
});

test('every event and every option of a socket is in the manual', () => {
  for (const event of EVENT_NAMES) assert.match(manual, new RegExp(`\\b${event}\\b`), event);
  for (const { name, access, least, most, unit } of SOCKET_OPTIONS) {
    const row =
      access === 'both'
        ? `| ${name} | both | ${least} | ${most} | ${unit} |`
        : `| ${name} | ${access === 'get' ? 'get' : 'neither'} |  |  | ${unit} |`;
    assert.ok(manual.includes(row), row);
  }
});
