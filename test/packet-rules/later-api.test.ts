import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RuleError } from '../../src/packet-rules/rules/errors.ts';
import { CaptureRecord } from '../../src/packets/capture/record.ts';
import { Packet } from '../../src/packets/packet.ts';
import { frame } from '../packets/frames.ts';
import { cut, heard, said } from './http-talk.ts';
import { type Ran, runRules, talk } from './running.ts';

const onData = `local tcp_connection = haka.dissectors.tcp_connection
haka.rule{ on = tcp_connection.events.receive_data, eval = function(flow, iter, direction)`;
function onEvent(code: string, turns = ['>hello world', '<fine']): Ran {
  return runRules(`${onData}\n${code}\nend }`, said(turns));
}

test('receive_data: an iterator at what is new, and which way it goes', () => {
  const { lines, passed } = onEvent(
    `print(direction, flow.srcip, iter:available(), iter:check_available(5), iter:check_available(99))
     local word = iter:sub(4) print(word:asstring(), #word, word[1], iter:available(), iter.meter, word:sub(1, 2))
     print(iter:sub('available'), iter:available(), word:asnumber(), word:sub(0, 2):asnumber('little'))`,
    ['>hello world'],
  );
  assert.deepEqual(lines, [
    ...['up 10.0.0.1 11 true false 11', 'hell 4 104 7 4 el', 'o world 0 1751477356 25960'],
  ]);
  assert.equal(heard(passed).server, 'hello world');
});

test('insert, erase and replace are in what leaves, and iterators move with them', () => {
  const edited = (code: string) =>
    heard(onEvent(`if direction == 'down' then return end ${code}`).passed).server;
  assert.equal(edited("iter:insert('>> ')"), '>> hello world');
  assert.equal(
    edited("iter:advance(6) iter:insert(haka.vbuffer_from('big ')) iter:sub(5):erase()"),
    'hello big ',
  );
  assert.equal(edited("iter:sub(5):replace('goodbye') iter:sub(1) iter:erase(2)"), 'goodbye rld');
  assert.equal(edited("local a = iter:sub(5) local b = iter:sub('all') a:erase() b:setstring('!')"), '!');
  assert.equal(
    edited("local s = iter:sub(5) s[1] = 72 s:sub(1, 1):setfixedstring('EX') s:pos('end'):insert(',')"),
    'HEllo, world',
  );
  assert.equal(edited("local c = iter:copy() c:advance(5) iter:replace(5, 'x') c:insert('|')"), 'x| world');
});

test('a marked iterator holds back what is there until it is unmarked', () => {
  const { lines, passed } = onEvent(
    `if done then return end
     if not held then iter:mark() held = iter return end
     done = true
     print(held:available(), held:asstring()) held:sub(5):replace('HELLO') held:unmark() print('[' .. held:sub(1):asstring() .. ']')`,
    ['>he', '>llo wor', '>ld'],
  );
  assert.equal(lines[0], '9 hello wor');
  assert.equal(lines[1], '[ ]');
  assert.equal(heard(passed).server, 'HELLO world');
  const after = onEvent('if kept then print(pcall(function() return kept:available() end)) end kept = iter', [
    '>a',
    '>b',
  ]);
  assert.match(after.lines[0] ?? '', /^false .*gone: it can't be used any more$/);
});

test('streamed rules run once for each direction, and wait for what they ask for', () => {
  for (const length of [1, 3, 50]) {
    const { lines, passed } = runRules(
      `haka.rule{ on = haka.dissectors.tcp_connection.events.receive_data, options = { streamed = true },
        eval = function(flow, iter, direction)
          print('begins', direction)
          while iter:check_available(4) do
            local size = tonumber(iter:sub(4):asstring())
            local text = iter:sub(size)
            print(direction, text:asstring())
            if text:asstring() == 'secret' then text:replace('******') end
          end
        end }`,
      said([...cut('>', '0005hello0006secret0001x', length), '<0002ok']),
    );
    assert.deepEqual(
      lines,
      ['begins up', 'up hello', 'up secret', 'up x', 'begins down', 'down ok'],
      `${length}`,
    );
    assert.equal(heard(passed).server, '0005hello0006******0001x');
  }
  const each = runRules(
    `haka.rule{ hook = haka.event('tcp_connection', 'receive_data'), options = { streamed = true },
      eval = function(flow, iter)
        for part in iter:foreach_available() do print(#part) end
        print('over', iter.iseof, iter:check_available(1), iter:sub(2), iter:advance(3))
      end }
     haka.rule{ hook = haka.event('tcp_connection', 'end_connection'), eval = function(flow) print('end', flow.srcport) end }`,
    said(['>abc', '>de']),
  );
  assert.deepEqual(each.lines, ['3', '2', 'over true false nil 0', 'end 40000']);
  const held = runRules(
    `haka.rule{ hook = haka.event('tcp_connection', 'receive_data'), options = { streamed = true },
      eval = function(flow, iter) print(iter:sub(9), iter:available()) end }`,
    said(['>abc', '>de']),
  );
  assert.deepEqual([held.lines, heard(held.passed).server], [['nil 0'], 'abcde']);
  const failing = runRules(
    `haka.rule{ hook = haka.event('tcp_connection', 'receive_data'), options = { streamed = true },
      eval = function(flow, iter) iter:sub(2) error('no', 0) end }`,
    said(['>a', '>b']),
  );
  assert.deepEqual(failing.lines, ['error core: no']);
});

test('an iterator that is kept is gone with its connection', () => {
  const { lines } = runRules(
    `haka.rule{ on = haka.dissectors.tcp_connection.events.receive_data, eval = function(flow, iter)
       if not kept then iter:mark(true) kept = iter end print(kept:available()) end }
     haka.on_exit(function() print(pcall(function() return kept:available() end)) end)`,
    said(['>ab', '>cd']),
  );
  assert.deepEqual(lines.slice(0, 2), ['2', '4']);
  assert.match(lines[2] ?? '', /^false .*gone: it can't be used any more$/);
});

test('what is not there says so: events, policies, grammars and state machines', () => {
  for (const [code, message] of [
    [
      'haka.rule{ on = haka.dissectors.tcp_connection.events.recieve_data, eval = print }',
      /unknown event 'recieve_data'/,
    ],
    ["haka.event('tcp', 'nothing')", /unknown event 'nothing'/],
    ['haka.dissectors.smtp.x = 1', /there is no dissector 'smtp'/],
    ["haka.grammar.new('x', function() end)", /grammars of later versions are not there/],
    ["haka.state_machine.new('x')", /state machines of later versions are not there/],
    ['haka.policy{}', /policies of later versions are not there/],
    ["haka.dissector{ type = 1, name = 'x' }", /dissectors with a type, of later versions, are not there/],
  ] as const) {
    assert.throws(
      () => runRules(code, talk()),
      (error) => error instanceof RuleError && message.test(error.message),
      code,
    );
  }
});

/** An IPv4 packet from 10.0.0.1 to 192.0.2.1. */
function datagram(protocol: number, payload: Uint8Array): Packet {
  const like = frame({ flags: 2 });
  const bytes = Buffer.concat([like.bytes.slice(0, 34), payload]);
  bytes.writeUInt16BE(20 + payload.length, 16);
  bytes[23] = protocol;
  return new Packet(new CaptureRecord(1, like.seconds, 0, bytes.length, bytes));
}
function udp(port: number, payload: Uint8Array): Packet {
  const header = Buffer.from([0x30, 0x39, port >>> 8, port & 255, 0, 8 + payload.length, 0, 0]);
  return datagram(17, Buffer.concat([header, payload]));
}

test('udp, icmp and dns: rules read and drop', () => {
  const question = Buffer.from('\x03www\x07example\x03org\0\0\x01\0\x01', 'latin1');
  const query = Buffer.concat([Buffer.from('123401000001000000000000', 'hex'), question]);
  const answer = Buffer.concat([
    ...[Buffer.from('123481800001000200000000', 'hex'), question],
    Buffer.from('c00c0005000100000e100006036e6578c010', 'hex'),
    Buffer.from('c00c000100010000003c0004c0000263', 'hex'),
  ]);
  const { lines, passed } = runRules(
    `local udp, icmp, dns = require('protocol/udp'), require('protocol/icmp'), require('protocol/dns')
     haka.rule{ hooks = { 'udp-up' }, eval = function(self, pkt)
       print(pkt.srcport, pkt.dstport, pkt.length, pkt.checksum, #pkt.payload, pkt.ip.src, pkt:verify_checksum())
       if pkt.dstport == 9 then print(pcall(function() pkt.payload[1] = 1 end)) pkt:drop() end end }
     haka.rule{ on = icmp.events.receive_packet, eval = function(pkt) print(pkt.type, pkt.code, #pkt.payload) end }
     haka.rule{ on = dns.events.query, eval = function(dns, query)
       print(query.id, query.rd, query.qr, query.qdcount, query.question[1].name, query.question[1].type) end }
     haka.rule{ on = dns.events.response, eval = function(dns, r)
       print(r.rcode, #r.answer, r.answer[1].type, r.answer[1].target, r.answer[2].ip, r.answer[2].ttl) end }`,
    [udp(9, Buffer.from('x')), datagram(1, Buffer.from([8, 0, 0, 0, 1, 2])), udp(53, query), udp(53, answer)],
  );
  assert.deepEqual(lines, [
    ...['12345 9 9 0 1 10.0.0.1 true', 'false this payload is read-only', '8 0 2'],
    ...[
      `12345 53 ${8 + query.length} 0 ${query.length} 10.0.0.1 true`,
      '4660 true false 1 www.example.org A',
    ],
    ...[
      `12345 53 ${8 + answer.length} 0 ${answer.length} 10.0.0.1 true`,
      '0 2 CNAME nex.example.org 192.0.2.99 60',
    ],
  ]);
  assert.equal(passed.length, 3);
});

test('messages of DNS that lie about names or lengths are none', () => {
  for (const hex of [
    '',
    '1234',
    `${'123401000001000000000000'}c00c00010001`,
    '12340100ffff000000000000',
    '123401000001000000000000ff',
  ]) {
    const { lines, passed } = runRules(
      "require('protocol/dns') haka.rule{ hooks = { 'dns-up', 'dns-query' }, eval = function() print('seen') end }",
      [udp(53, Buffer.from(hex, 'hex'))],
    );
    assert.deepEqual([lines, passed.length], [[], 1], hex);
  }
});

test('new packets take the fields that a later Haka gives with them', () => {
  const { lines, passed } = runRules(
    `local raw, ipv4, tcp = require('protocol/raw'), require('protocol/ipv4'), require('protocol/tcp')
     haka.rule{ hooks = { 'tcp-up' }, eval = function(self, pkt)
       if pkt.dstport ~= 80 then return end
       local ip = ipv4.create(raw.create(), { ttl = 7, dst = '192.0.2.9' })
       local made = tcp.create(ip, { srcport = 5, dstport = 6, seq = 9, flags = { syn = true } })
       print(ip.ttl, ip.dst, made.srcport, made.flags.syn, pcall(tcp.create, ip, { nothing = 1 }))
     end }`,
    talk().slice(0, 1),
  );
  assert.deepEqual(lines, ["7 192.0.2.9 5 true false unknown field 'nothing'"]);
  assert.equal(passed.length, 1);
});
