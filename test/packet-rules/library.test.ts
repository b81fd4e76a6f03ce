import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PacketRules } from '../../src/packet-rules/packet-rules.ts';
import { runOn, runRules, talk, tcpHelpers, withFiles } from './running.ts';

/** What a file of rules prints when it is run. */
function printed(code: string, files: Readonly<Record<string, string>> = {}): string[] {
  return runRules(code, [], { files }).start.filter((line) => !/^(info|warn) +core:|^$/.test(line));
}

test('print: one space, tostring, and nothing behind a NUL', () => {
  assert.deepEqual(
    printed(
      `print(1, 'a', nil, true, setmetatable({}, { __tostring = function() return 'T' end }), 'x\\0y')
       print(string.char(0xeb)) print()`,
    ),
    ['1 a nil true T x', '\xeb'],
  );
});

test('numbers print as in Lua 5.1', () => {
  assert.deepEqual(
    printed(
      `print(10 / 2, 2^31, 1 / 3, -4 / 2, 1e15, 2^53 .. '', string.format('%d %s %x %u', 3.7, 6 / 2, 255.9, 7))`,
    ),
    ['5 2147483648 0.33333333333333 -2 1e+15 9.007199254741e+15 3 3 ff 7'],
  );
});

test('what Lua 5.1 and LuaJIT had is there', () => {
  assert.deepEqual(
    printed(
      `print(unpack({ 1, 2 })) print(table.getn({ 1, 2, 3 }), table.maxn({ [7] = 1 }), math.pow(2, 3), math.mod(7, 4))
       for word in string.gfind('a b', '%a') do print(word) end
       print(loadstring('return 1 + 1')(), loadstring('x x'))
       print(bit.band(0xff, 0x0f), bit.bor(1, 2), bit.bxor(3, 1), bit.bnot(0), bit.lshift(1, 31), bit.rshift(-1, 28))
       print(bit.tohex(255), bit.rol(0x80000000, 1), ('a,b,,c'):split(',')[4], #(('a,b'):split(',')))
       print(pcall(setfenv, 1, {}))`,
    ),
    [
      '1 2',
      '3 7 8 3',
      'a',
      'b',
      "2 nil loadstring:1: syntax error near 'x'",
      '15 3 2 -1 -2147483648 15',
      '000000ff 1 c 2',
      'false setfenv is not available',
    ],
  );
});

test('nothing of the system can be reached', () => {
  assert.deepEqual(
    printed('print(io, debug, package, dofile, loadfile, os.tmpname, os.execute, os.getenv, os.remove)'),
    ['nil nil nil nil nil nil nil nil nil'],
  );
});

const notFound = "false module 'missing' not found: no file 'missing.lua' in the folder of the rules";

test('require: files of the folder, once each; nothing outside of it', () => {
  assert.deepEqual(
    printed(
      `print(require('one').name, require('one') == require('one'), require('deep/two'), require('deep.two'))
       seen = require('shared') print(seen, shared)`,
      {
        'one.lua': "print('loading one') return { name = 'one' }",
        'deep/two.lua': "return 'two of ' .. ...",
        'shared.lua': 'shared = 5',
      },
    ),
    ['loading one', 'one true two of deep/two two of deep.two', 'true 5'],
  );
  for (const name of ['../outside/secret', '/etc/hostname', 'link', 'no-such', 'a\\0b']) {
    const code = `local ok, message = pcall(require, '${name}') print(ok, message)`;
    const lines = withFiles({ 'outside/secret.lua': 'return 1', 'rules/rules.lua': code }, (folder) => {
      symlinkSync(join(folder, 'outside', 'secret.lua'), join(folder, 'rules', 'link.lua'));
      const texts: string[] = [];
      const engine = new PacketRules({
        ...{ isPassThrough: false, level: 'error' },
        write: (_, text) => texts.push(text),
        accept: () => assert.fail('no packet'),
      });
      engine.load(join(folder, 'rules', 'rules.lua'));
      return texts.join('');
    });
    assert.match(lines, /^false module '(.*' not found|a$)/m, name);
  }
  assert.match(
    printed("print(pcall(require, 'circle'))", { 'circle.lua': "require('circle')" }).join(),
    /^false .*loop or previous error loading module 'circle'/,
  );
  const twice = "for _ = 1, 2 do print(pcall(require, 'missing')) end";
  assert.deepEqual(
    printed(twice, {}),
    Array.from({ length: 2 }, () => notFound),
  );
  const failing = "for _ = 1, 2 do print(pcall(require, 'failing')) end for _ = 1, 2 do require('one') end";
  assert.deepEqual(printed(failing, { 'failing.lua': "error('now', 0)", 'one.lua': "print('once')" }), [
    ...['false now', 'false now', 'once'],
  ]);
  assert.match(
    printed("print(pcall(require, 'long'))", { 'long.lua': ' '.repeat(16 * 1024 * 1024 + 1) }).join(),
    /^false module 'long' can't be read: larger than a file of rules may be$/,
  );
  assert.match(
    printed("print(pcall(require, 'wrong'))", { 'wrong.lua': 'x x' }).join(),
    /^false .*wrong\.lua:1: syntax error near 'x'/,
  );
});

test('log lines: the level, the module, and the text behind the longest module so far', () => {
  assert.deepEqual(
    printed(
      `haka.log.info('a', '%s-%d', 'x', 2) haka.log('module', 'text') 
       haka.log.warning('a', '100%%') haka.log.error('a', 'e') haka.log.debug('a', 'unseen')
       haka.log.setlevel('a', 'debug') haka.log.debug('a', 'seen') haka.log.setlevel('error') haka.log.info('b', 'unseen')
       haka.log.fatal('b', 'f')`,
    ),
    [
      'info  a:    x-2',
      'info  module: text',
      'warn  a:      100%',
      'error a:      e',
      'debug a:      seen',
      'fatal: fatal b:      f',
    ],
  );
});

test('alerts have all their fields, in order', () => {
  const lines = printed(
    `local first = haka.alert{ severity = 'high', confidence = 7, description = 'text' }
     haka.alert{
       start_time = 'then', end_time = 5, completion = 'failed', confidence = 'low', ref = { first },
       method = { description = 'how', ref = { 'a', 'b' } },
       sources = haka.alert.address('1.2.3.4', 'local.org', 33),
       targets = { haka.alert.service(22, 'ssh'), haka.alert.address('x') },
     }
     haka.alert.update(first, { severity = 'low', ref = first })`,
  ).filter((line) => !line.startsWith('\ttime = '));
  assert.deepEqual(lines, [
    'info  alert: id = 1',
    '\tseverity = high',
    '\tconfidence = 7',
    '\tdescription = text',
    'info  alert: id = 2',
    '\tstart time = then',
    '\tend time = 5',
    '\tconfidence = low',
    '\tcompletion = failed',
    '\tmethod = {',
    '\t\tdescription = how',
    '\t\tref = { a, b }',
    '\t}',
    '\tsources = {',
    '\t\taddress: 1.2.3.4, local.org, 33',
    '\t}',
    '\ttargets = {',
    '\t\tservice: 22, ssh',
    '\t\taddress: x',
    '\t}',
    '\trefs = { 1 }',
    'info  alert: update id = 1',
    '\tseverity = low',
    '\trefs = { 1 }',
  ]);
  for (const [alert, message] of [
    ['{ x = 1 }', "unexpected field 'x'"],
    ["{ severity = 'huge' }", "invalid severity value 'huge'"],
    ["{ confidence = 'none' }", "invalid confidence value 'none'"],
    ['{ completion = 1 }', "invalid completion value '1'"],
    ['{ sources = 5 }', 'bad argument'],
  ] as const) {
    assert.match(printed(`print(pcall(haka.alert, ${alert}))`).join(), new RegExp(`^false .*${message}`));
  }
});

const syn = talk().slice(0, 1);

test('rules run in order, with themselves and the name of the hook', () => {
  const { lines } = runRules(
    `${tcpHelpers}
     haka.rule{ name = 'one', hooks = { 'tcp-up', 'tcp-down' }, eval = function(self, pkt) print(self.name, self.hook) end }
     haka.rule{ hooks = { 'tcp-up' }, eval = function(self, pkt) pkt:drop() end }
     haka.rule{ hooks = { 'tcp-up', 'tcp-down', 'ipv4-down', 'raw-down' }, eval = function(self) print('never', self.hook) end }`,
    syn,
  );
  assert.deepEqual(lines, ['one tcp-up', 'one tcp-down', 'never ipv4-down', 'never raw-down']);
});

test('groups: init, continue and fini', () => {
  const { lines } = runRules(
    `${tcpHelpers}
     local group = haka.rule_group{
       name = 'g',
       init = function(self, pkt) print('init', self.name, pkt.srcport) end,
       continue = function(self, pkt, ret) print('continue', ret) return not ret end,
       fini = function(self, pkt) print('fini') end,
     }
     group:rule{ hooks = { 'tcp-up' }, eval = function(self, pkt) return false end }
     group:rule{ hooks = { 'tcp-up' }, eval = function(self, pkt) return pkt.flags.ack end }
     haka.rule{ hooks = { 'tcp-up' }, eval = function() print('after') end }`,
    talk().slice(0, 2),
  );
  assert.deepEqual(lines, [
    ...['init g 40000', 'continue false', 'continue false', 'fini', 'after'],
    ...['init g 80', 'continue false', 'continue true', 'after'],
  ]);
});

test('rules of a later Haka: events, and functions without self', () => {
  const { lines } = runRules(
    `${tcpHelpers}local connection = require('protocol/tcp_connection')
     haka.rule{ hook = tcp.events.receive_packet, eval = function(pkt) print(pkt.srcport) end }
     haka.rule{ hook = connection.events.new_connection, eval = function(flow) print(flow.connection.dstport) end }
     local group = haka.rule_group{ hook = ipv4.events.send_packet, continue = function(ret, pkt) return ret end }
     group:rule{ eval = function(pkt) print(pkt.ttl) return pkt.ttl < 5 end }
     group:rule{ eval = function(pkt) print('never') end }`,
    syn,
  );
  assert.deepEqual(lines, ['40000', '80', '64']);
});

test('a later Haka gives what begins a connection both the connection and its SYN', () => {
  const { lines, passed } = runRules(
    `${tcpHelpers}local connection = require('protocol/tcp_connection')
     local group = haka.rule_group{
       hook = connection.events.new_connection,
       init = function(flow, pkt) print('init', flow.srcip, flow.srcport, pkt.flags.syn) end,
       continue = function(ret, flow, pkt) print('continue', ret, flow.dstport, pkt.dstport) return not ret end,
       final = function(flow, pkt) print('final', flow.dstip, pkt.ip.dst) pkt:drop() end,
     }
     group:rule(function(flow, pkt) return pkt.dstport == 22 end)
     group:rule{ eval = function(flow, pkt) return pkt.dstport == 23 end }`,
    syn,
  );
  assert.deepEqual(lines, [
    'init 10.0.0.1 40000 true',
    ...['continue false 80 80', 'continue false 80 80'],
    'final 192.0.2.1 192.0.2.1',
  ]);
  assert.equal(passed.length, 0);
});

test('what the start says of the rules', () => {
  const { start } = runRules(
    `${tcpHelpers}for _, hook in ipairs{ 'tcp-up', 'tcp-up', 'http-request' } do
       haka.rule{ hooks = { hook }, eval = function() end }
     end`,
    [],
  );
  assert.deepEqual(start.slice(-3), [
    "info  core: 2 rule(s) on hook 'tcp-up'",
    "warn  core: 1 rule(s) on unknown hook 'http-request'",
    'info  core: 3 rule(s) registered',
  ]);
  assert.deepEqual(runRules('', []).start.at(-1), 'warn  core: no registered rule');
});

test('an error in a rule is told with its place, and drops the packet', () => {
  const { passed, lines } = runOn(
    'tcp-up',
    "if pkt.flags.ack then error('not this') end",
    talk().slice(0, 2),
  );
  assert.equal(passed.length, 1);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /^error core: .*rules\.lua:4: not this$/);
});

test('an unknown next dissector is told of, and drops', () => {
  const { passed, lines } = runRules(
    `${tcpHelpers}haka.rule{ hooks = { 'tcp-connection-new' }, eval = function(self, pkt) pkt.next_dissector = 'http' end }`,
    talk().slice(0, 3),
  );
  assert.equal(passed.length, 2);
  assert.deepEqual(lines, ["error core: cannot create dissector 'http': not registered"]);
});

test('on_exit, current_thread, color and what -d prints', () => {
  const { lines } = runRules(
    "haka.on_exit(function() print(haka.current_thread(), #require('color').red) end)\nhaka.on_exit(function() error('x') end)",
    syn,
    { level: 'debug' },
  );
  assert.deepEqual(lines.slice(0, 3), [
    'debug packet: received packet id=1, len=40',
    'debug packet: accepting packet id=1, len=40',
    '0 5',
  ]);
  assert.match(lines[3] ?? '', /^error core: {3}.*rules\.lua:2: x$/);
});

test('os: the time, and nothing of the system', () => {
  assert.deepEqual(
    printed(
      `print(os.date('!%Y-%m-%d %H:%M:%S %a %b %j %p %I %y %U %W %%', 86399), os.date('!%c', 0))
       local t = os.date('!*t', 1e9) print(t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday, t.isdst)
       print(os.date('%d', os.time{ year = 2020, month = 2, day = 29 }), os.difftime(7, 4), os.clock() > 0)
       print(os.time() > 1.7e9, pcall(os.date, '%Q'))`,
    ).map((line) => line.replace(/rules\.lua:\d+: /, '').replace(/false \S*: /, 'false ')),
    [
      '1970-01-01 23:59:59 Thu Jan 001 PM 11 70 00 00 % Thu Jan  1 00:00:00 1970',
      '2001 9 9 1 46 40 1 252 false',
      '29 3 true',
      "true false invalid conversion specifier '%Q'",
    ],
  );
});

test('string.split takes a pattern, and gives nothing behind the last delimiter', () => {
  assert.deepEqual(
    printed(
      `local function show(...) print(table.concat(string.split(...), '|'), #string.split(...)) end
       show('a,b,,c', ',') show('a,b,', ',') show('', ',') show(',a', ',') show('a1b2c', '%d') show('a.b', '%.')
       print(pcall(string.split, 'ab', ''))`,
    ).map((line) => line.replace(/false .*: /, 'false ')),
    [
      'a|b||c 4',
      'a|b 2',
      ' 0',
      '|a 2',
      'a|b|c 3',
      'a|b 2',
      'false string.split needs a delimiter that is not empty',
    ],
  );
});

test('setlevel takes constants, and the module on either side; message takes a level', () => {
  const { lines } = runOn(
    'tcp-up',
    `haka.log.setlevel(haka.log.DEBUG) haka.log.debug('a', 'seen')
     haka.log.setlevel('b', haka.log.ERROR) haka.log.info('b', 'not seen')
     haka.log.setlevel('debug', 'b') haka.log.debug('b', 'seen')
     haka.log.setlevel(haka.log.INFO)
     haka.log.message('warning', 'c', 'x %d', 3) haka.log.message(haka.log.INFO, 'c', 'y')
     print(pcall(haka.log.setlevel, 9))`,
    talk().slice(0, 1),
  );
  assert.deepEqual(
    lines.slice(0, 4).map((line) => line.replace(/: +/, ': ')),
    ['debug a: seen', 'debug b: seen', 'warn  c: x 3', 'info  c: y'],
  );
  assert.equal(lines[4], "false invalid log level '9'");
});

test('a format in the place of the module is a call of a later Haka', () => {
  const { lines, passed } = runOn(
    'tcp-up',
    `haka.log.info('from %s to %s', pkt.ip.src, pkt.dstport) haka.log('%d percent', 100)
     haka.log.warning('two words', 'not taken') haka.log.info('alone') haka.log.info('100% sure')`,
    talk().slice(0, 1),
  );
  assert.deepEqual(lines, [
    ...['info  rule: from 10.0.0.1 to 80', 'info  rule: 100 percent', 'warn  rule: two words'],
    ...['info  rule: alone', 'info  rule: 100% sure'],
  ]);
  assert.equal(passed.length, 1);
});

test('weak tables are taken, and garbage is collected when it is asked for', () => {
  assert.deepEqual(
    printed(
      `local t = setmetatable({}, { __mode = 'k' }) t[{}] = 1 print(next(t) ~= nil)
       print(getmetatable(setmetatable({}, { __gc = print })).__gc == print)
       local before = collectgarbage('count') for i = 1, 1000 do local s = ('x'):rep(1000) .. i end
       print(collectgarbage(), collectgarbage('collect'), collectgarbage('count') < before + 100)`,
    ),
    ['true', 'true', '0 0 true'],
  );
});

test('haka.time is the time of the capture, and module_path where modules are looked for', () => {
  const { lines } = runOn(
    'tcp-up',
    'print(haka.time().seconds == pkt.ip.raw.timestamp.seconds, haka.time(1.5):toseconds(), haka.module_path():match("/levee%-rules[^;]*/%*$") ~= nil)',
    talk().slice(0, 1),
  );
  assert.deepEqual(lines, ['true 1.5 true']);
});

test('pcall gives the errors of the engine as they are, and -d their traceback where nothing catches them', () => {
  const code = `print(pcall(function() return pkt.nothing end)) print(pcall(function() return pkt.payload[99] end))
    print(pcall(function() pkt.ip.raw:send() end))
    local function inner() pkt.nothing = 1 end
    inner()`;
  const { lines } = runOn('tcp-up', code, syn);
  assert.deepEqual(lines, [
    ...["false unknown field 'nothing'", 'false out-of-bound index'],
    ...['false operation not supported (packet captured)', "error core: unknown field 'nothing'"],
  ]);
  const debug = runOn('tcp-up', code, syn, { level: 'debug' }).lines;
  const at = debug.indexOf("error core:   unknown field 'nothing'");
  assert.equal(debug[at + 1], 'stack traceback:');
  assert.match(debug.slice(at + 2).join('\n'), /^\t.*\n\t.*rules\.lua:6: in .*\n\t.*rules\.lua:7: in /);
});

test('the order of pairs is the same in each run', () => {
  const rules = `local t = {} for i = 1, 50 do t['key' .. i * 7919] = i end
    for k in pairs(t) do print(k) end print(math.random())`;
  assert.deepEqual(printed(rules), printed(rules));
});

test('data of tcp-connection takes fields of rules, for as long as the packet is there', () => {
  const { lines } = runRules(
    `${tcpHelpers}
     haka.rule{ hooks = { 'tcp-connection-up' }, eval = function(self, pkt) print(pkt.seen, pkt.other) pkt.seen = 'yes' end }
     haka.rule{ hooks = { 'tcp-connection-up', 'tcp-connection-down' }, eval = function(self, pkt)
       print(pkt.seen, pcall(function() pkt.direction = 1 end)) end }`,
    talk().slice(0, 3),
  );
  const second = "yes false field 'direction' is read-only";
  assert.deepEqual(lines, ['nil nil', second, second]);
});

test('what else rules of Lua 5.1 use', () => {
  assert.deepEqual(
    printed(
      `local bit = require('bit') print(bit.band(6, 3), require('string') == string)
       table.foreachi({ 'a', 'b' }, function(i, v) print(i, v) end)
       print(table.foreach({ x = 1 }, function(k, v) return k .. v end))
       print((('a\\0z'):gsub('%z', '-')), load('return 7')(), pcall(load, print))`,
    ).map((line) => line.replace(/false .*/, 'false')),
    ['2 true', '1 a', '2 b', 'x1', 'a-z 7 false'],
  );
});

test('functions that want an integer take 3.7 for 3, as in Lua 5.1', () => {
  assert.deepEqual(
    printed(
      `local s = 'abcdef'
       print(s:sub(1, #s / 4), s:byte(2.9), string.char(97.5), s:rep(1.5), s:find('c', 1.2), s:sub(-2.5))
       print(table.concat({ 1, 2, 3 }, ',', 1.5, 2.9), unpack({ 1, 2, 3 }, 1.9, 2.1))
       local t = { 1, 2 } table.insert(t, 1.5, 'x') print(t[1], table.remove(t, 1.9), select(1.5, 'y'))
       print(math.random(1.5, 1.9), pcall(string.sub, s, 0/0))`,
    ).map((line) => line.replace(/false .*/, 'false')),
    ['a 98 a abcdef 3 ef', '1,2 1 2', 'x x y', '1 false'],
  );
});
