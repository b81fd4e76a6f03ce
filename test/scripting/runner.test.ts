import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScriptRunner } from '../../src/scripting/runner/script-runner.ts';
import { FakeConnection, world } from './harness.ts';

function script(name: string, text: string) {
  return { name, text };
}

test('blocks run by priority, then in the order of the scripts and of the text', () => {
  const { runner, lines } = world([
    script('first', 'when TCP_ACCEPTED { log("1a") } when TCP_ACCEPTED priority 10 { log("1b") }'),
    script(
      'second',
      'when TCP_ACCEPTED { log("2a") } when TCP_ACCEPTED priority 9 { log("2b") } when TCP_CLOSED { log("2c") }',
    ),
  ]);
  const connection = runner.open(new FakeConnection());
  runner.fire('TCP_ACCEPTED', connection);
  runner.close(connection);
  assert.deepEqual(lines(), ['log: 2b', 'log: 1b', 'log: 1a', 'log: 2a', 'log: 2c']);
  assert.ok(runner.handles('TCP_CLOSED'));
  assert.ok(!runner.handles('SERVER_CONNECTED'));
});

test('globals live from connection to connection and are those of all scripts of the policy', () => {
  const { runner, lines } = world([
    script('a', 'when RULE_INIT { count = 0 } when TCP_ACCEPTED priority 1 { count = count + 1 }'),
    script('b', 'when TCP_ACCEPTED { log("%d %s", count, MGM:get_session_id()) }'),
  ]);
  for (let turn = 0; turn < 3; turn++) runner.fire('TCP_ACCEPTED', runner.open(new FakeConnection()));
  const first = 2 ** 40;
  assert.deepEqual(lines(), [`log: 1 ${first + 1}`, `log: 2 ${first + 2}`, `log: 3 ${first + 3}`]);
});

test('a coroutine lives from event to event', () => {
  const { runner, lines } = world([
    script(
      'a',
      `turns = coroutine.wrap(function()
         for turn = 1, 2 do log("%d %s", turn, IP:client_addr()) coroutine.yield() end error("no more")
       end)
       when TCP_ACCEPTED { turns() }`,
    ),
  ]);
  for (let turn = 0; turn < 3; turn++) runner.fire('TCP_ACCEPTED', runner.open(new FakeConnection()));
  assert.deepEqual(lines().slice(0, 2), ['log: 1 192.0.2.7', 'log: 2 192.0.2.7']);
  assert.match(lines()[2] ?? '', /^error: .*no more$/);
});

test('what stands outside of blocks runs once, and its locals are seen in the blocks of its script alone', () => {
  const { runner, lines } = world([
    script(
      'a',
      'local limit = 7\nlocal function twice(x) return 2 * x end\nwhen TCP_ACCEPTED { log("%d", twice(limit)) }',
    ),
    script('b', 'when TCP_ACCEPTED { log("%s", limit) }'),
  ]);
  runner.fire('TCP_ACCEPTED', runner.open(new FakeConnection()));
  assert.deepEqual(lines(), ['log: 14', 'log: nil']);
});

test('an error is told with the name of the script and the line, and stops nothing else', () => {
  const { runner, reports } = world([
    script('bad', '\nwhen TCP_ACCEPTED {\n  local x = nil\n  x.y = 1\n}'),
    script('worse', 'when TCP_ACCEPTED { error({}) }'),
    script('good', 'when TCP_ACCEPTED { TCP:close() }'),
  ]);
  const port = new FakeConnection();
  runner.fire('TCP_ACCEPTED', runner.open(port));
  assert.deepEqual(reports, [
    {
      kind: 'error',
      script: 'bad',
      occasion: 'TCP_ACCEPTED',
      message: "bad:4: attempt to index a nil value (local 'x')",
    },
    { kind: 'error', script: 'worse', occasion: 'TCP_ACCEPTED', message: '(error object is a table value)' },
  ]);
  assert.deepEqual(port.done, ['close']);
});

test('the end that a script asked for last is the one that counts', () => {
  const { runner } = world('when TCP_ACCEPTED { TCP:reject() } when TCP_ACCEPTED { TCP:close() }');
  const port = new FakeConnection();
  const connection = runner.open(port);
  runner.fire('TCP_ACCEPTED', connection);
  runner.close(connection);
  assert.deepEqual(port.done, ['close']);
});

test('a command where it may not be used names itself and the event', () => {
  const { runner, lines } = world(
    'when TCP_CLOSED { TCP:reject() } when RULE_INIT { log("%s", pcall(IP.client_addr, IP)) }',
  );
  runner.close(runner.open(new FakeConnection()));
  assert.deepEqual(lines(), [
    'log: false',
    "error: script:1: TCP:reject() can't be used in TCP_CLOSED, only in TCP_ACCEPTED, STREAM_CLIENT_INIT, STREAM_REQUEST_DATA",
  ]);
});

test('an event that was switched off stays off for the rest of its connection, and no other', () => {
  const { runner, lines } = world(`
    when STREAM_REQUEST_DATA { log("first") MGM:set_event{event = "stream_request_data", operation = "disable"} }
    when STREAM_REQUEST_DATA { log("second") }
    when TCP_CLOSED { log("closed") MGM:disable_event(0x80) log("%s", MGM:enable_event(0x99)) }
    when TCP_CLOSED { log("never") }`);
  const one = runner.open(new FakeConnection());
  const other = runner.open(new FakeConnection());
  const bytes = new Uint8Array();
  for (const connection of [one, one, other]) runner.fireData('STREAM_REQUEST_DATA', connection, bytes);
  runner.close(one);
  assert.deepEqual(lines(), [
    'log: first',
    'log: first',
    'log: closed',
    'log: MGM: no such event',
    'log: false',
  ]);
});

test('data is seen and replaced, byte for byte', () => {
  const { runner, lines } = world(`
    when STREAM_CLIENT_INIT { log("%s", TCP:peek(3)) }
    when STREAM_REQUEST_DATA {
      local data = TCP:receive()
      if data:byte(1) == 0xff then TCP:replace(data:reverse() .. "\\0\\xfe") end
      if #data == 0 then TCP:send("hello") end
    }
    when STREAM_REQUEST_DATA { log("%d", #TCP:receive()) }`);
  const port = new FakeConnection();
  const connection = runner.open(port);
  const given = Uint8Array.of(0xff, 0, 0x80, 10);
  assert.equal(runner.fireData('STREAM_CLIENT_INIT', connection, given), given);
  assert.deepEqual(
    [...runner.fireData('STREAM_REQUEST_DATA', connection, given)],
    [10, 0x80, 0, 0xff, 0, 0xfe],
  );
  const plain = Uint8Array.of(1, 2);
  assert.equal(runner.fireData('STREAM_REQUEST_DATA', connection, plain), plain);
  runner.fireData('STREAM_REQUEST_DATA', connection, new Uint8Array());
  assert.deepEqual(port.done, ['send client hello']);
  assert.deepEqual(lines(), ['log: \uFFFD\\x00\uFFFD', 'log: 6', 'log: 2', 'log: 0']);
});

test('timers call a global function by its name until they are cancelled or the connection ends', () => {
  const { runner, lines, clock } = world(`
    function tick()
      ticks = (ticks or 0) + 1
      log("tick %d %s", ticks, IP:client_addr())
      if ticks == 3 then log("%s", TCP:after_timer_cancel("tick")) end
    end
    when TCP_ACCEPTED {
      log("%s", TCP:after_timer_set("nothing", 10, false))
      log("%s", TCP:after_timer_set("tick", 1000, true))
      AFTER = function() log("after") end
      TCP:after_timer_set("AFTER", 2500, false)
      log("%s %s", TCP:after_timer_get("tick"), TCP:after_timer_get("nothing"))
      for i, text in ipairs(TCP:after_timer_get()) do log("%d %s", i, text) end
    }
    when SERVER_CONNECTED { log("%s", TCP:after_timer_get()) log("%s", TCP:after_timer_cancel("tick")) }`);
  const connection = runner.open(new FakeConnection());
  runner.fire('TCP_ACCEPTED', connection);
  clock.pass(10_000);
  runner.fire('SERVER_CONNECTED', connection);
  assert.deepEqual(lines(), [
    'log: false',
    'log: true',
    "log: 'tick':1000:periodic nil",
    "log: 1 'tick':1000:periodic",
    "log: 2 'AFTER':2500:once",
    'log: tick 1 192.0.2.7',
    'log: tick 2 192.0.2.7',
    'log: after',
    'log: tick 3 192.0.2.7',
    'log: true',
    'log: nil',
    'log: false',
  ]);
  assert.equal(clock.pending, 0);
  runner.fire('TCP_ACCEPTED', connection);
  assert.equal(clock.pending, 2);
  runner.close(connection);
  assert.equal(clock.pending, 0);
});

test('a connection that scripts end has no timers any more', () => {
  const { runner, lines, clock } = world(
    'function f() log("f") TCP:close() log("%s", TCP:after_timer_set("f", 5, false)) end when TCP_ACCEPTED { TCP:after_timer_set("f", 5, true) }',
  );
  const port = new FakeConnection();
  runner.fire('TCP_ACCEPTED', runner.open(port));
  clock.pass(100);
  assert.deepEqual(lines(), ['log: f', 'log: false']);
  assert.deepEqual(port.done, ['close']);
});

test('a connection has 16 timers at most', () => {
  const { runner, lines } = world(
    'when TCP_ACCEPTED { for i = 1, 20 do _G["f" .. i] = print end local n = 0 for i = 1, 20 do if TCP:after_timer_set("f" .. i, 5, true) then n = n + 1 end end log("%d", n) }',
  );
  runner.fire('TCP_ACCEPTED', runner.open(new FakeConnection()));
  assert.deepEqual(lines(), ['log: 16']);
});

test('a script whose block fails again and again is switched off, the others go on', () => {
  const { runner, reports } = world(
    [
      script('bad', 'when TCP_ACCEPTED { error("no") } when TCP_CLOSED { log("bad") }'),
      script('good', 'when TCP_ACCEPTED { log("good") }'),
    ],
    { failuresInARow: 3 },
  );
  for (let turn = 0; turn < 5; turn++) {
    const connection = runner.open(new FakeConnection());
    runner.fire('TCP_ACCEPTED', connection);
    runner.close(connection);
  }
  const of = (kind: string, name: string) =>
    reports.filter((report) => report.kind === kind && report.script === name);
  assert.equal(of('error', 'bad').length, 3);
  assert.equal(of('log', 'bad').length, 2);
  assert.equal(of('log', 'good').length, 5);
  assert.deepEqual(
    of('switched-off', 'bad').map(({ message }) => message),
    ['the script is switched off in worker 1: 3 failures in a row in TCP_ACCEPTED'],
  );
});

test('a script whose timers fail again and again is switched off, and one that recovers is not', () => {
  const timers = (body: string) =>
    `function tick() n = (n or 0) + 1 ${body} end when TCP_ACCEPTED { TCP:after_timer_set("tick", 10, true) }`;
  const run = (body: string) => {
    const { runner, reports, clock } = world(timers(body), { failuresInARow: 3 });
    runner.fire('TCP_ACCEPTED', runner.open(new FakeConnection()));
    clock.pass(100);
    return reports.map(({ kind, message }) => (kind === 'switched-off' ? message : kind));
  };
  assert.deepEqual(run('error("no")'), [
    'error',
    'error',
    'error',
    'the script is switched off in worker 1: 3 failures in a row in timers',
  ]);
  assert.deepEqual(run('if n % 3 ~= 0 then error("no") end'), Array(7).fill('error'));
});

test('failures that are not in a row switch nothing off', () => {
  const { runner, lines } = world(
    'when TCP_ACCEPTED { n = (n or 0) + 1 if n % 3 ~= 0 then error("no") end log("yes") }',
    {
      failuresInARow: 3,
    },
  );
  for (let turn = 0; turn < 30; turn++) runner.fire('TCP_ACCEPTED', runner.open(new FakeConnection()));
  assert.equal(lines().filter((line) => line === 'log: yes').length, 10);
});

test('a script that is over its budget too often within a minute is switched off', () => {
  const text = 'when TCP_ACCEPTED { n = (n or 0) + 1 if n % 2 == 0 then while true do end end }';
  const { runner, lines, clock } = world(text, { overrunsInAMinute: 4 });
  const fire = (times: number): void => {
    for (let turn = 0; turn < times; turn++) runner.fire('TCP_ACCEPTED', runner.open(new FakeConnection()));
  };
  fire(6);
  clock.pass(60_000);
  fire(6);
  assert.ok(!lines().some((line) => line.startsWith('switched-off')));
  fire(20);
  assert.equal(
    lines().filter((line) => line.startsWith('error: script:1: the event took more instructions')).length,
    7,
  );
  assert.equal(
    lines().at(-1),
    'switched-off: the script is switched off in worker 1: over its budget 4 times within a minute',
  );
});

test('a state that scripts have filled is replaced, and begins anew', () => {
  const { runner, lines } = world(
    `when RULE_INIT { keep = {} log("start") }
     when TCP_ACCEPTED { for i = 1, 1e9 do keep[#keep + 1] = "x" .. i end }
     when TCP_CLOSED { log("%d", #keep) }`,
    { memory: 256 * 1024 },
  );
  const connection = runner.open(new FakeConnection());
  runner.fire('TCP_ACCEPTED', connection);
  runner.close(connection);
  const said = lines();
  assert.equal(said[0], 'log: start');
  assert.match(said[1] ?? '', /^error: .*memory/);
  assert.deepEqual(said.slice(2), [
    'notice: the Lua state is replaced, its memory was full',
    'log: start',
    'log: 0',
  ]);
});

test('garbage alone costs nobody the state', () => {
  const { runner, lines } = world(
    'when RULE_INIT { kept = 1 } when TCP_ACCEPTED { local s = "x" while true do s = s .. s end } when TCP_CLOSED { log("%d", kept) }',
    { memory: 256 * 1024 },
  );
  const connection = runner.open(new FakeConnection());
  runner.fire('TCP_ACCEPTED', connection);
  runner.close(connection);
  assert.equal(lines().at(-1), 'log: 1');
});

test('a script that can not be started is off, without harm to the others', () => {
  const { runner, lines } = world([
    script('a', 'nothing.at_all = 1 when TCP_ACCEPTED { log("a") }'),
    script('b', 'when RULE_INIT { while true do end } when TCP_ACCEPTED { log("b") }'),
    script('c', 'when RULE_INIT { error("x") } when TCP_ACCEPTED { log("c") }'),
  ]);
  runner.fire('TCP_ACCEPTED', runner.open(new FakeConnection()));
  assert.deepEqual(lines(), [
    "error: a:1: attempt to index a nil value (global 'nothing')",
    'switched-off: the script is switched off in worker 1: it could not be started',
    'error: b:1: the event took more instructions than it may',
    'switched-off: the script is switched off in worker 1: RULE_INIT took more than it may',
    'error: c:1: x',
    'log: c',
  ]);
});

test('a version ends when its last connection has ended, and RULE_EXIT tells', () => {
  const { runner, lines } = world('when RULE_EXIT { log("exit") } when TCP_CLOSED { log("closed") }');
  const connection = runner.open(new FakeConnection());
  runner.retire();
  assert.deepEqual(lines(), []);
  runner.close(connection);
  assert.deepEqual(lines(), ['log: closed', 'log: exit']);
});

test('lines beyond so many in a second are counted, not written', () => {
  const { runner, lines, clock } = world('when TCP_ACCEPTED { for i = 1, 10 do log("%d", i) end }', {
    linesInASecond: 4,
  });
  const connection = runner.open(new FakeConnection());
  runner.fire('TCP_ACCEPTED', connection);
  clock.pass(1000);
  assert.deepEqual(lines().slice(4), ['notice: 6 more lines of scripts']);
  runner.fire('TCP_ACCEPTED', connection);
  assert.equal(lines().length, 9);
});

test('a global table with a metatable of its own harms no timer', () => {
  const { runner, lines, clock } = world(
    `function f() end
     when TCP_ACCEPTED {
       TCP:after_timer_set("f", 5, false) f = nil
       setmetatable(_G, {__index = function() while true do end end})
     }`,
  );
  runner.fire('TCP_ACCEPTED', runner.open(new FakeConnection()));
  clock.pass(100);
  assert.match(lines().join(), /^error: .*the event took more instructions than it may$/);
});

test('what a script writes is one line of the log, of bounded length', () => {
  const { runner, lines } = world(
    'when TCP_ACCEPTED { log("a\\nb\\x1b[2J\\tc\\xc2\\x85\\n\\n") error(("y"):rep(50000)) }',
  );
  runner.fire('TCP_ACCEPTED', runner.open(new FakeConnection()));
  assert.equal(lines()[0], 'log: a\\x0ab\\x1b[2J\tc\\x85');
  assert.match(lines()[1] ?? '', /^error: script:1: y{900,1024}\.\.\.$/);
});

test('what a script does to its libraries harms nobody else', () => {
  const { runner, lines } = world(`
    when TCP_ACCEPTED {
      local unpack, rep = table.unpack, string.rep
      string, table, TCP, PROXY, math = nil
      local many = {}
      for i = 1, 200 do many[i] = i end
      log(rep("%d ", 200), unpack(many))
      log("%s", pcall(setmetatable, _G, {__index = function(_, k) return "no " .. k end, __newindex = error}))
      log("%s", table)
      getmetatable("").__index = nil
      log("%s", pcall(function() return ("x"):upper() end))
    }
    when TCP_CLOSED { log("%s", IP:client_addr()) }`);
  const connection = runner.open(new FakeConnection());
  runner.fire('TCP_ACCEPTED', connection);
  runner.close(connection);
  const said = lines();
  assert.match(said[0] ?? '', /^log: 1 2 3 .* 200 $/);
  assert.deepEqual(said.slice(1), ['log: true', 'log: no table', 'log: false', 'log: 192.0.2.7']);
});

test('an error of the host costs the state, and those that share its memory: all begin anew', () => {
  const text = 'when RULE_INIT { n = 0 } when TCP_ACCEPTED { n = n + 1 TCP:count() log("%d", n) }';
  const one = world([script('one', text)]);
  const other = new ScriptRunner([script('other', text)], one.host);
  const port = new FakeConnection();
  one.runner.fire('TCP_ACCEPTED', one.runner.open(port));
  other.fire('TCP_ACCEPTED', other.open(port));
  const failing = new FakeConnection();
  failing.count = () => {
    throw new Error('the sources table is gone');
  };
  one.runner.fire('TCP_ACCEPTED', one.runner.open(failing));
  one.runner.fire('TCP_ACCEPTED', one.runner.open(port));
  other.fire('TCP_ACCEPTED', other.open(port));
  assert.deepEqual(one.lines(), [
    'log: 1',
    'log: 1',
    'error: the sources table is gone',
    'notice: the Lua state is replaced, the memory of Lua was lost',
    'log: 1',
    'notice: the Lua state is replaced, the memory of Lua was lost',
    'log: 1',
  ]);
});
