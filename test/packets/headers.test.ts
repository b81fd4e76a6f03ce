import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksumOf, sumWords, updateChecksum } from '../../src/net/checksum.ts';
import { readOptions } from '../../src/net/tcp-options.ts';
import { CaptureRecord } from '../../src/packets/capture/record.ts';
import { LinkType } from '../../src/packets/encapsulation/link-layer.ts';
import { createPacket, makeIPv4, makeTcp } from '../../src/packets/headers/create.ts';
import type { IPv4 } from '../../src/packets/headers/ipv4.ts';
import type { IPv6 } from '../../src/packets/headers/ipv6.ts';
import { Flag, type Tcp } from '../../src/packets/headers/tcp.ts';
import { Packet } from '../../src/packets/packet.ts';
import fc from '../property.ts';
import { frame, reread, tcpOf } from './frames.ts';

function packetOf(linkType: number, ...parts: readonly Uint8Array[]): Packet {
  const bytes = Buffer.concat(parts);
  return new Packet(new CaptureRecord(linkType, 0, 0, bytes.length, bytes));
}

function ipOf(packet: Packet): Uint8Array {
  return packet.bytes.subarray(packet.network);
}

test('the IP packet is found behind every link layer, tags included', () => {
  for (const version of [4, 6] as const) {
    const ip = ipOf(frame({ version, payload: Buffer.from('abc') }));
    const type = version === 4 ? [8, 0] : [0x86, 0xdd];
    const family = version === 4 ? 2 : 10;
    const cases: readonly (readonly [number, readonly number[]])[] = [
      [LinkType.ethernet, [...Array(12).fill(1), ...type]],
      [LinkType.ethernet, [...Array(12).fill(1), 0x81, 0, 0, 5, ...type]],
      [LinkType.ethernet, [...Array(12).fill(1), 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, ...type]],
      [LinkType.linuxCooked, [...Array(14).fill(1), ...type]],
      [LinkType.linuxCooked2, [...type, ...Array(18).fill(1)]],
      [LinkType.raw, []],
      [LinkType.rawOfBsd, []],
      [version === 4 ? LinkType.ipv4 : LinkType.ipv6, []],
      [LinkType.null, [family, 0, 0, 0]],
      [LinkType.null, [0, 0, 0, family]],
      [LinkType.loop, [0, 0, 0, version === 4 ? 2 : 24]],
    ];
    for (const [linkType, link] of cases) {
      const packet = packetOf(linkType, Uint8Array.from(link), ip);
      assert.equal(packet.network, link.length);
      assert.equal(Buffer.from(tcpOf(packet).payload).toString(), 'abc');
      assert.equal(tcpOf(packet).verifyChecksum(), true);
    }
  }
});

test('what carries no IP has no headers', () => {
  for (const [linkType, bytes] of [
    [1, [...Array(12).fill(1), 8, 6, 0x45]],
    [1, [1, 2]],
    [1, []],
    [147, [0x45]],
    [0, [7, 0, 0, 0, 0x45]],
  ] as const) {
    const packet = packetOf(linkType, Uint8Array.from(bytes));
    assert.equal(packet.ip ?? packet.tcp ?? packet.problem, undefined);
  }
});

test('headers that lie are named, and no header is found behind the lie', () => {
  const lies: readonly (readonly [4 | 6, (ip: Uint8Array) => Uint8Array, string])[] = [
    [4, (ip) => ip.subarray(0, 12), 'IP header cut short'],
    [4, (ip) => ip.with(0, 0x55), 'IP version is neither 4 nor 6'],
    [4, (ip) => ip.with(0, 0x44), 'IPv4 header length below 20'],
    [4, (ip) => ip.with(3, 19), 'IPv4 total length below the header length'],
    [4, (ip) => ip.with(0, 0x4f), 'IPv4 total length below the header length'],
    [4, (ip) => ip.with(32, 0x40), 'TCP header length below 20'],
    [4, (ip) => ip.with(32, 0xf0), 'TCP header longer than the packet'],
    [4, (ip) => ip.subarray(0, 30), 'TCP header cut short'],
    [6, (ip) => ip.subarray(0, 39), 'IP header cut short'],
    [6, (ip) => ip.with(6, 0).with(41, 255), 'IPv6 extension header cut short'],
    [6, (ip) => ip.with(6, 44).subarray(0, 44), 'IPv6 extension header cut short'],
  ];
  for (const [version, lie, problem] of lies) {
    const packet = packetOf(LinkType.raw, lie(ipOf(frame({ version }))));
    assert.equal(packet.problem, problem);
    assert.equal(packet.tcp, undefined);
  }
});

test('a header of TCP whose options the capture has cut is there, with the length of what it carried', () => {
  const { bytes } = frame({ options: new Uint8Array(12).fill(1), payload: Buffer.from('abcde') });
  for (const kept of [20, 21, 31, 32, 34]) {
    const packet = new Packet(new CaptureRecord(1, 0, 0, bytes.length, bytes.slice(0, 34 + kept)));
    const { options, payload, payloadLength, sequence } = tcpOf(packet);
    assert.deepEqual(
      [options.length, payload.length, payloadLength, sequence, packet.problem],
      [Math.min(kept, 32) - 20, Math.max(0, kept - 32), 5, 0, undefined],
    );
  }
});

test('extension headers of IPv6 are passed', () => {
  const ip = ipOf(frame({ version: 6, payload: Buffer.from('abc') }));
  const extensions = Uint8Array.of(
    43,
    0,
    ...Array(6).fill(0),
    60,
    1,
    ...Array(14).fill(0),
    6,
    0,
    ...Array(6).fill(0),
  );
  const packet = packetOf(
    LinkType.raw,
    ip
      .slice(0, 40)
      .with(6, 0)
      .with(5, 23 + extensions.length),
    extensions,
    ip.subarray(40),
  );
  assert.equal(Buffer.from(tcpOf(packet).payload).toString(), 'abc');
  assert.equal(tcpOf(packet).verifyChecksum(), true);
});

test('an IPv4 length of 0 is all that was captured', () => {
  const packet = packetOf(
    LinkType.raw,
    ipOf(frame({ payload: Buffer.alloc(2000) }))
      .with(2, 0)
      .with(3, 0),
  );
  assert.equal(tcpOf(packet).payloadLength, 2000);
});

type Field<H> = readonly [keyof H & string, bits: number, unit?: number];

const ipv4Fields: readonly Field<IPv4>[] = [
  ['typeOfService', 8],
  ['identification', 16],
  ['flags', 3],
  ['fragmentOffset', 13, 8],
  ['timeToLive', 8],
  ['protocol', 8],
  ['source', 32],
  ['destination', 32],
];
const ipv6Fields: readonly Field<IPv6>[] = [
  ['trafficClass', 8],
  ['flowLabel', 20],
  ['nextHeader', 8],
  ['hopLimit', 8],
];
const tcpFields: readonly Field<Tcp>[] = [
  ['sourcePort', 16],
  ['destinationPort', 16],
  ['sequence', 32],
  ['acknowledgement', 32],
  ['reserved', 4],
  ['flags', 8],
  ['window', 16],
  ['urgentPointer', 16],
];

/** Writing a field gives it that value, cut to its width, and no other field another. */
function checkFields<H extends object>(
  fields: readonly Field<H>[],
  headerOf: (packet: Packet) => H | undefined,
  version: 4 | 6,
): void {
  const snapshot = (header: H): unknown[] => fields.map(([name]) => Reflect.get(header, name));
  fc.assert(
    fc.property(
      fc.nat(fields.length - 1),
      fc.nat(2 ** 32 - 1),
      fc.uint8Array({ minLength: 20, maxLength: 20 }),
      (index, drawn, noise) => {
        const packet = frame({
          version,
          payload: Buffer.from('abc'),
          sequence: noise[0] ?? 0,
          flags: noise[1] ?? 0,
        });
        const header = headerOf(packet);
        const [name, bits, unit = 1] = fields[index] ?? ['', 0];
        assert.ok(header !== undefined);
        const before = snapshot(header);
        const value = Math.floor(drawn / 2 ** (32 - bits)) * unit;
        assert.ok(Reflect.set(header, name, value + 2 ** bits * unit));
        assert.deepEqual(snapshot(header), before.with(index, value), name);
        packet.finish();
        assert.notEqual(packet.ipv4?.verifyChecksum(), false);
        assert.notEqual(packet.tcp?.verifyChecksum(), false);
        assert.deepEqual(headerOf(reread(packet)) && snapshot(header), snapshot(header));
      },
    ),
  );
}

test('every field is written and read', () => {
  checkFields(ipv4Fields, (packet) => packet.ipv4, 4);
  checkFields(ipv6Fields, (packet) => packet.ipv6, 6);
  checkFields(tcpFields, (packet) => packet.tcp, 4);
  checkFields(tcpFields, (packet) => packet.tcp, 6);
});

test('every flag is written and read by itself', () => {
  for (const mask of Object.values(Flag)) {
    const tcp = tcpOf(frame({ flags: 0 }));
    tcp.setFlag(mask, true);
    assert.equal(tcp.flags, mask);
    assert.equal(tcp.has(mask), true);
    tcp.setFlag(mask, false);
    assert.equal(tcp.flags, 0);
  }
});

test('a payload is replaced, and lengths and checksums follow', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(4 as const, 6 as const),
      fc.uint8Array(),
      fc.uint8Array({ maxLength: 3000 }),
      (version, before, after) => {
        const packet = frame({ version, payload: before, options: Uint8Array.of(1, 1, 1, 1) });
        assert.equal(tcpOf(packet).replacePayload(after), true);
        packet.finish();
        const again = reread(packet);
        assert.deepEqual(Buffer.from(tcpOf(again).payload), Buffer.from(after));
        assert.equal(again.problem, undefined);
        assert.equal(again.missing, 0);
        assert.equal(tcpOf(again).verifyChecksum(), true);
        assert.notEqual(again.ipv4?.verifyChecksum(), false);
      },
    ),
  );
  const packet = frame({});
  assert.equal(tcpOf(packet).replacePayload(new Uint8Array(65_496)), false);
  assert.equal(tcpOf(packet).payloadLength, 0);
});

test('the checksum of a segment that was not captured whole follows what is written to it', () => {
  const number = fc.nat(2 ** 32 - 1);
  const version = fc.constantFrom(4 as const, 6 as const);
  fc.assert(
    fc.property(version, number, number, fc.nat(255), (family, sequence, acknowledgement, flags) => {
      const whole = reread(frame({ version: family, payload: Buffer.from('abcdef') }));
      const cut = new Packet(new CaptureRecord(1, 0, 0, whole.bytes.length, whole.bytes.slice(0, -3)));
      assert.equal(tcpOf(cut).payloadLength, 6);
      assert.equal(tcpOf(cut).verifyChecksum(), undefined);
      for (const packet of [whole, cut]) {
        const { ipv4, ipv6 } = packet;
        Object.assign(tcpOf(packet), { sequence, acknowledgement, flags });
        if (ipv4 !== undefined) Object.assign(ipv4, { source: sequence, destination: acknowledgement });
        if (ipv6 !== undefined) {
          ipv6.destination = Uint8Array.from({ length: 16 }, (_, index) => (sequence >>> index) & 255);
          ipv6.source = Uint8Array.from({ length: 16 }, (_, index) => (acknowledgement >>> index) & 255);
        }
        packet.finish();
      }
      assert.deepEqual(cut.bytes, whole.bytes.slice(0, -3));
    }),
  );
});

test('a checksum that is updated is the one that is computed anew', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 2, maxLength: 60 }),
      fc.nat(60),
      fc.nat(65_535),
      (bytes, place, word) => {
        const at = (place % (bytes.length - 1)) & ~1;
        const before = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
        const updated = updateChecksum(checksumOf(sumWords(bytes, 0, bytes.length)), before, word);
        bytes.set([word >>> 8, word & 255], at);
        // Both are zero in ones' complement.
        assert.equal(updated % 0xffff, checksumOf(sumWords(bytes, 0, bytes.length)) % 0xffff);
      },
    ),
  );
});

test('options are read, up to one that lies', () => {
  const bytes = Uint8Array.of(
    2,
    4,
    5,
    0xb4,
    1,
    3,
    3,
    20,
    4,
    2,
    8,
    10,
    0,
    0,
    0,
    7,
    0,
    0,
    0,
    9,
    5,
    10,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    2,
    30,
    3,
    9,
    99,
    0,
    1,
  );
  const found = readOptions(bytes);
  assert.deepEqual(found, [
    { kind: 'maximum segment size', value: 1460 },
    { kind: 'window scale', shift: 14 },
    { kind: 'SACK permitted' },
    { kind: 'timestamps', value: 7, echo: 9 },
    { kind: 'SACK', blocks: [{ left: 1, right: 2 }] },
    { kind: 'other', number: 30, bytes: Uint8Array.of(9) },
  ]);
});

test('a packet is made from nothing', () => {
  for (const linkType of Object.values(LinkType)) {
    const packet = createPacket(linkType, 0, { seconds: 1, nanoseconds: 0 });
    if (linkType === LinkType.ipv6) continue;
    assert.equal(makeIPv4(packet), true);
    const tcp = makeTcp(packet);
    assert.ok(tcp !== undefined && packet.ipv4 !== undefined);
    Object.assign(packet.ipv4, { source: 0x7f00_0001, destination: 0x7f00_0002, timeToLive: 64 });
    tcp.replacePayload(Buffer.from('abc'));
    packet.finish();
    const again = reread(packet);
    assert.equal(Buffer.from(tcpOf(again).payload).toString(), 'abc');
    assert.equal(tcpOf(again).verifyChecksum(), true);
    assert.equal(again.ipv4?.verifyChecksum(), true);
  }
});
