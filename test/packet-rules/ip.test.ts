import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CaptureRecord } from '../../src/packets/capture/record.ts';
import { Packet } from '../../src/packets/packet.ts';
import { envelopes } from '../packets/envelopes.ts';
import { frame, type Segment } from '../packets/frames.ts';
import { runOn, runRules, tcpHelpers } from './running.ts';

const segment: Segment = { sequence: 1000, flags: 2, payload: Buffer.from('abc') };
function first({ passed }: { readonly passed: readonly Packet[] }): Packet {
  return passed[0] ?? frame({});
}

const fields: Readonly<Record<string, readonly [string, string, string]>> = {
  version: ['4', '4', '4'],
  hdr_len: ['20', '20', '20'],
  tos: ['0', '0x1ff', '255'],
  len: ['43', '42', '42'],
  id: ['1', '65537 * 2', '2'],
  frag_offset: ['0', '27', '24'],
  ttl: ['64', '63.5', '63'],
  proto: ['6', '17', '17'],
};

for (const [name, [before, written, after]] of Object.entries(fields)) {
  test(`ipv4.${name} is read and written`, () => {
    const code = `print(pkt.${name}) pkt.${name} = ${written} print(pkt.${name})
      haka.disable_dissector('tcp')`;
    const ran = runOn('ipv4-up', code, [segment]);
    assert.deepEqual(ran.lines, [before, after]);
    assert.equal(first(ran).ipv4?.verifyChecksum(), true);
  });
}

test('ipv4.src and dst are addresses', () => {
  const ran = runOn(
    'ipv4-up',
    `print(pkt.src, pkt.dst, pkt.src == pkt.src, pkt.src == pkt.dst, pkt.src < pkt.dst, pkt.src <= pkt.src)
     pkt.src = ipv4.addr(1, 2, 3, 260) pkt.dst = ipv4.addr(0x7f000001) print(pkt.src, pkt.dst)`,
    [segment],
  );
  assert.deepEqual(ran.lines, ['10.0.0.1 192.0.2.1 true false true true', '1.2.3.4 127.0.0.1']);
  assert.equal(first(ran).ipv4?.source, 0x01_02_03_04);
  assert.equal(first(ran).tcp?.verifyChecksum(), true);
});

test('addresses and networks that make no sense are errors with the texts of the original', () => {
  const { start } = runRules(
    `${tcpHelpers}
     for _, text in ipairs{ '1.2.3', '1.2.3.256', 'x', '' } do print(pcall(ipv4.addr, text)) end
     for _, text in ipairs{ '1.2.3.4', '1.2.3.4/33', 'x/8', '1.2.3.4/' } do print(pcall(ipv4.network, text)) end`,
    [],
  );
  const failed = start.filter((line) => line.startsWith('false'));
  assert.deepEqual(failed.slice(0, 4), Array(4).fill('false Invalid IPv4 address format'));
  assert.deepEqual(failed.slice(4), Array(4).fill('false Invalid IPv4 network address format'));
});

test('networks: host bits are cleared and told of, and /32 is one address', () => {
  const { start } = runRules(
    `${tcpHelpers}
     local net = ipv4.network('10.1.2.3/8')
     print(net, net.net, net.mask, net:contains(ipv4.addr('10.9.9.9')), net:contains(ipv4.addr('11.0.0.0')))
     local made = ipv4.network(ipv4.addr('10.1.2.3'), 8)
     print(made, made.net, made == net, made:contains(ipv4.addr('10.9.9.9')))
     local one = ipv4.network('10.1.2.3/32')
     print(one, one:contains(ipv4.addr('10.1.2.3')), one:contains(ipv4.addr('10.1.2.4')))
     print(ipv4.network('0.0.0.0/0'):contains(ipv4.addr('9.9.9.9')))`,
    [],
  );
  const printed = start.filter((line) => !line.startsWith('info') && !line.startsWith('warn'));
  assert.deepEqual(printed, [
    '10.0.0.0/8 10.0.0.0 8 true false',
    '10.1.2.3/8 10.1.2.3 true true',
    '10.1.2.3/32 true false',
    'true',
  ]);
  assert.equal(start.filter((line) => line.endsWith('Incorrect network mask')).length, 1);
});

test('ipv4.flags: rb, df, mf and all', () => {
  const ran = runOn(
    'ipv4-up',
    `local f = pkt.flags
     print(f.rb, f.df, f.mf, f.all) f.rb = true f.df = false print(f.all) f.all = 10 print(f.df, f.all)
     haka.disable_dissector('tcp')`,
    [segment],
  );
  assert.deepEqual(ran.lines, ['false true false 2', '4', 'true 2']);
  assert.equal(first(ran).ipv4?.flags, 2);
});

test('ipv4.payload, raw, checksums and drop', () => {
  const ran = runOn(
    'ipv4-up',
    `print(#pkt.payload, pkt.payload[4], #pkt.raw, pkt.raw[1], pkt.raw.length, pkt.raw.dissector, pkt.next_dissector)
     print(pkt:verify_checksum()) pkt.checksum = 1 print(pkt:verify_checksum())
     pkt:compute_checksum() print(pkt:verify_checksum())
     pkt.payload[21] = 66 pkt.payload:resize(22)`,
    [segment],
  );
  assert.deepEqual(ran.lines, ['23 80 43 69 43 raw tcp', 'true', 'false', 'true']);
  const { tcp } = first(ran);
  assert.equal(Buffer.from(tcp?.payload ?? []).toString(), 'Bb');
  assert.equal(tcp?.verifyChecksum(), true);
  assert.equal(runOn('ipv4-up', 'pkt:drop()', [segment]).passed.length, 0);
});

test('raw packets: bytes, time, resize, accept and drop', () => {
  const ran = runOn(
    'ipv4-up',
    `local raw = pkt.raw
     print(raw.timestamp.seconds, raw.timestamp.micro_seconds, raw.timestamp:toseconds() > 1.7e9)
     print(raw.timestamp) raw[9] = 7 raw:resize(50) print(#raw, raw[50], pkt.ttl)`,
    [{ ...segment, time: 1.5 }],
    {},
  );
  assert.equal(ran.lines[0], '1700000000 1500 true');
  assert.match(ran.lines[1] ?? '', /^(Tue|Wed) Nov 1[45] \d\d:\d\d:20 2023$/);
  assert.equal(ran.lines[2], '50 0 7');
});

test('fragments are put together, and go as they came when nothing is changed', () => {
  const whole = frame({ ...segment, payload: Buffer.alloc(100, 'x') });
  const fragments = [0, 64].map((offset) => {
    const piece = frame({ ...segment, payload: Buffer.alloc(100, 'x') });
    const bytes = whole.ipv4?.payload.slice(offset, offset + 64) ?? new Uint8Array(0);
    piece.ipv4?.replacePayload(bytes);
    const { ipv4 } = piece;
    if (ipv4 !== undefined) {
      ipv4.fragmentOffset = offset;
      ipv4.flags = offset === 0 ? 1 : 0;
    }
    piece.finish();
    return piece;
  });
  const print = 'print(#pkt.payload)';
  const plain = runOn('tcp-up', print, fragments.toReversed());
  assert.deepEqual(plain.lines, ['100']);
  assert.deepEqual(
    plain.passed.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
    fragments.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
  );
  const changed = runOn('tcp-up', `pkt.payload[1] = 65`, fragments);
  assert.equal(changed.passed.length, 1);
  assert.equal(first(changed).tcp?.verifyChecksum(), true);
  assert.equal(first(changed).tcp?.payload.length, 100);
});

test('frames that are not IP, and packets whose headers are broken, pass as they are', () => {
  const other = frame(segment);
  other.bytes.set([0x88, 0xcc], 12);
  const broken = frame(segment);
  broken.bytes[14] = 0x41;
  const { passed, lines } = runOn('ipv4-up', 'print(1)', [other, broken]);
  assert.deepEqual(
    passed.map(({ bytes }) => Buffer.from(bytes)),
    [other, broken].map(({ bytes }) => Buffer.from(bytes)),
  );
  assert.deepEqual(lines, ['warn  packet: 1 packet is not read: IPv4 header length below 20']);
});

test('rules change what stands in a tunnel, and the tunnel stays right', () => {
  const [, linkType = 0, pack] = envelopes.find(([name]) => name === 'VXLAN') ?? [];
  assert.ok(pack !== undefined);
  const packed = (payload: string): Packet => {
    const bytes = pack(frame({ flags: 2, payload: Buffer.from(payload) }).bytes.subarray(14));
    return new Packet(new CaptureRecord(linkType, 0, 0, bytes.length, bytes));
  };
  const { passed, lines } = runRules(
    `${tcpHelpers}haka.rule{ hooks = { 'tcp-connection-up' }, eval = function(self, pkt)
       print(pkt.connection.srcip)
       pkt.stream:insert('more ')
     end }`,
    [packed('text')],
  );
  assert.deepEqual(lines, ['10.0.0.1']);
  assert.deepEqual(
    passed.map(({ bytes }) => Buffer.from(bytes)),
    [Buffer.from(packed('more text').bytes)],
  );
});
