import assert from 'node:assert/strict';
import { test } from 'node:test';
import { write16 } from '../../src/net/big-endian.ts';
import { Flag, type Tcp } from '../../src/packets/headers/tcp.ts';
import { frame, type Segment, tcpOf } from '../packets/frames.ts';
import { runOn, runRules, tcpHelpers } from './running.ts';

const segment: Segment = {
  sequence: 1000,
  acknowledgement: 2000,
  flags: Flag.ack | Flag.psh,
  window: 512,
  payload: Buffer.from('abc'),
};

/** Each field: what the segment has, what a rule writes, what is there then, and where. */
const fields: Readonly<Record<string, readonly [number, string, number, (tcp: Tcp) => number]>> = {
  srcport: [40_000, '1234', 1234, (tcp) => tcp.sourcePort],
  dstport: [80, '8080', 8080, (tcp) => tcp.destinationPort],
  seq: [1000, 'pkt.seq + 2^32 - 1', 999, (tcp) => tcp.sequence],
  ack_seq: [2000, '4000000000', 4_000_000_000, (tcp) => tcp.acknowledgement],
  res: [0, '5', 5, (tcp) => tcp.reserved],
  hdr_len: [20, '22.9', 20, (tcp) => tcp.headerLength],
  window_size: [512, '65536 + 7', 7, (tcp) => tcp.window],
  urgent_pointer: [0, '-1', 65_535, (tcp) => tcp.urgentPointer],
};

for (const [name, [before, written, after, get]] of Object.entries(fields)) {
  test(`tcp.${name} is read and written, and the checksum is right`, () => {
    const code = `print(pkt.${name}) pkt.${name} = ${written} print(pkt.${name})`;
    const { passed, lines } = runOn('tcp-up', `${code} haka.disable_dissector('tcp-connection')`, [segment]);
    assert.deepEqual(lines, [String(before), String(after)]);
    const [packet] = passed;
    assert.ok(packet !== undefined);
    assert.equal(get(tcpOf(packet)), after);
    assert.equal(tcpOf(packet).verifyChecksum(), true);
  });
}

test('tcp.checksum: what a rule writes there is right when it leaves', () => {
  const { passed, lines } = runOn(
    'tcp-up',
    `local right = pkt.checksum
     print(pkt:verify_checksum()) pkt.checksum = 0xffff print(pkt.checksum, pkt:verify_checksum())
     pkt:compute_checksum() print(pkt:verify_checksum(), pkt.checksum == right)
     haka.disable_dissector('tcp-connection')`,
    [segment],
  );
  assert.deepEqual(lines, ['true', '65535 false', 'true true']);
  assert.equal(tcpOf(passed[0] ?? frame({})).verifyChecksum(), true);
});

test('a wrong checksum is what a rule finds, and right when the packet leaves', () => {
  const spoiled = (): ReturnType<typeof frame> => {
    const packet = frame(segment);
    write16(packet.bytes, packet.transport + 16, 1);
    write16(packet.bytes, packet.network + 10, 1);
    return packet;
  };
  const look = 'print(pkt.ip.checksum, pkt.checksum, pkt.ip:verify_checksum(), pkt:verify_checksum())';
  const off = " haka.disable_dissector('tcp-connection')";
  const { passed, lines } = runOn('tcp-up', look + off, [spoiled()]);
  assert.deepEqual(lines, ['1 1 false false']);
  const [packet = spoiled()] = passed;
  assert.deepEqual(packet.bytes, frame(segment).bytes);
  const mended = runOn(
    'tcp-up',
    `pkt:compute_checksum() pkt.ip:compute_checksum()
     print(pkt.ip:verify_checksum(), pkt:verify_checksum())${off}`,
    [spoiled()],
  );
  assert.deepEqual(mended.lines, ['true true']);
  const bare = runRules('', [spoiled()]);
  assert.deepEqual(bare.passed[0]?.bytes, frame(segment).bytes);
  const asCaptured = runOn('tcp-up', look + off, [spoiled()], { isPassThrough: true });
  assert.deepEqual(asCaptured.passed[0]?.bytes, spoiled().bytes);
});

for (const [name, mask] of Object.entries({
  ...{ fin: Flag.fin, syn: Flag.syn, rst: Flag.rst, psh: Flag.psh },
  ...{ ack: Flag.ack, urg: Flag.urg, ecn: Flag.ece, cwr: Flag.cwr },
})) {
  test(`tcp.flags.${name} is read and written`, () => {
    const code = `print(pkt.flags.${name}) pkt.flags.${name} = not pkt.flags.${name} print(pkt.flags.${name})
      haka.disable_dissector('tcp-connection')`;
    for (const flags of [0, 255]) {
      const { passed, lines } = runOn('tcp-up', code, [{ ...segment, flags }]);
      assert.deepEqual(lines, [String(flags !== 0), String(flags === 0)]);
      assert.equal(tcpOf(passed[0] ?? frame({})).flags, flags ^ mask);
    }
  });
}

test('tcp.flags.all is the byte', () => {
  const { passed, lines } = runOn(
    'tcp-up',
    "print(pkt.flags.all) pkt.flags.all = 256 + 3 haka.disable_dissector('tcp-connection')",
    [segment],
  );
  assert.deepEqual(lines, ['24']);
  assert.equal(tcpOf(passed[0] ?? frame({})).flags, 3);
});

test('tcp.ip is the IP packet', () => {
  const { lines } = runOn('tcp-up', 'print(pkt.ip.src, pkt.ip.dst, pkt.ip.ttl, pkt.ip.proto, type(pkt.ip))', [
    { ...segment, flags: Flag.syn },
  ]);
  assert.deepEqual(lines, ['10.0.0.1 192.0.2.1 64 6 userdata']);
});

test('tcp.payload: #, [] and resize', () => {
  const code = `local payload = pkt.payload
    print(#payload, payload[1], payload[3], string.char(payload[2]))
    payload[1] = 65 payload:resize(5) payload[5] = 256 + 66 print(#payload, payload[4])
    print(pcall(function() return payload[6] end)) print(pcall(function() payload[0] = 1 end))
    haka.disable_dissector('tcp-connection')`;
  const { passed, lines } = runOn('tcp-up', code, [segment]);
  assert.equal(lines[0], '3 97 99 b');
  assert.equal(lines[1], '5 0');
  for (const line of lines.slice(2)) assert.match(line, /^false .*out-of-bound index$/);
  const [packet] = passed;
  assert.ok(packet?.ipv4 !== undefined);
  assert.equal(Buffer.from(tcpOf(packet).payload).toString('latin1'), 'Abc\0B');
  assert.equal(packet.ipv4.totalLength, 45);
  assert.equal(packet.ipv4.verifyChecksum() && tcpOf(packet).verifyChecksum(), true);
});

test('a payload that no packet can carry goes into several', () => {
  const code = "pkt.payload:resize(4000) haka.disable_dissector('tcp-connection')";
  const { passed } = runOn('tcp-up', code, [segment]);
  assert.deepEqual(
    passed.map((packet) => [tcpOf(packet).sequence, tcpOf(packet).payload.length]),
    [
      [1000, 1460],
      [2460, 1460],
      [3920, 1080],
    ],
  );
  for (const packet of passed) assert.equal(tcpOf(packet).verifyChecksum(), true);
});

test('tcp:drop(), and what valid() says', () => {
  const { passed, lines } = runOn('tcp-up', 'print(pkt:valid()) pkt:drop() print(pkt:valid())', [
    { flags: Flag.syn },
  ]);
  assert.deepEqual([passed.length, lines], [0, ['true', 'false']]);
});

test('an unknown field is an error without a place, and the packet is dropped', () => {
  const reading = runOn('tcp-up', 'return pkt.nothing', [segment]);
  assert.deepEqual([reading.passed.length, reading.lines], [0, ["error core: unknown field 'nothing'"]]);
  const writing = runOn('tcp-up', 'pkt.flags.nothing = 1', [segment]);
  assert.deepEqual([writing.passed.length, writing.lines], [0, ["error core: unknown field 'nothing'"]]);
});

test('tcp.create makes a TCP packet, which is sent as if it had been captured', () => {
  const rules = `${tcpHelpers}
    haka.rule{ hooks = { 'ipv4-up' }, eval = function(self, pkt)
      if pkt.ttl == 9 then print('again', pkt.src) return end
      local raw = haka.packet.new(0)
      local ip = ipv4.create(raw)
      ip.src = ipv4.addr('192.168.0.1') ip.dst = ipv4.addr(192, 168, 0, 2) ip.ttl = 9
      local made = tcp.create(ip)
      made.srcport = 7 made.dstport = 9 made.seq = 77 made.flags.syn = true
      print(made.hdr_len, #made.payload, made.checksum, ip.len, ip.proto, ip.version)
      made:send()
      print(pcall(function() pkt:send() end))
    end }`;
  const { passed, lines } = runRules(rules, [{ ...segment, flags: Flag.syn }]);
  assert.equal(lines[0], '20 0 0 40 6 4');
  assert.match(lines[1] ?? '', /^false .*operation not supported \(packet captured\)$/);
  assert.equal(lines[2], 'again 192.168.0.1');
  assert.equal(passed.length, 2);
  const made = passed[1] ?? frame({});
  assert.deepEqual([tcpOf(made).sourcePort, tcpOf(made).sequence, tcpOf(made).flags], [7, 77, 2]);
  assert.equal(tcpOf(made).verifyChecksum() && made.ipv4?.verifyChecksum(), true);
});

test('rules cannot send packets without end', () => {
  const code = `local made = tcp.create(ipv4.create(haka.packet.new(0))) made.flags.syn = true made:send()`;
  const { lines } = runOn('tcp-up', code, [segment]);
  const last = lines.filter((line) => line.startsWith('error')).at(-1);
  assert.match(last ?? '', /^error core: .*rules\.lua:4: too many packets are made at one time$/);
});

test('a packet of TCP that is cut short is told of and dropped', () => {
  const packet = frame(segment);
  packet.ipv4?.replacePayload(new Uint8Array(12));
  packet.finish();
  const { passed, lines } = runRules(tcpHelpers, [packet]);
  assert.equal(passed.length, 0);
  assert.deepEqual(
    lines.filter((line) => !line.includes('\ttime = ')),
    [
      'info  alert: id = 1',
      '\tseverity = low',
      '\tdescription = invalid tcp packet, size is too small',
      '\tsources = {',
      '\t\taddress: 10.0.0.1',
      '\t}',
      '\ttargets = {',
      '\t\taddress: 192.0.2.1',
      '\t}',
      'warn  packet: 1 packet is not read: TCP header cut short',
    ],
  );
});

test('over IPv6 as over IPv4, once it is required', () => {
  const packet = { ...segment, version: 6 as const, flags: Flag.syn };
  const untouched = runOn('tcp-up', "print('never')", [packet]);
  assert.deepEqual([untouched.passed.length, untouched.lines], [1, []]);
  const { passed, lines } = runRules(
    `${tcpHelpers}require('protocol/ipv6')
     haka.rule{ hooks = { 'tcp-up' }, eval = function(self, pkt)
       print(pkt.ip.src, pkt.ip.dst == ipv4.addr('2001:db8:100::'), pkt.ip.hop_limit)
       pkt.ip.src = ipv4.addr('2001:db8::7') pkt.window_size = 1
     end }`,
    [packet],
  );
  assert.deepEqual(lines, ['2001:db8::1 true 64']);
  assert.equal(tcpOf(passed[0] ?? frame({})).verifyChecksum(), true);
});
