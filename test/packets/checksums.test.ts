import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { write16 } from '../../src/net/big-endian.ts';
import { sumWords } from '../../src/net/checksum.ts';
import { CaptureFile } from '../../src/packets/capture/files.ts';
import { CaptureRecord } from '../../src/packets/capture/record.ts';
import { LinkType } from '../../src/packets/encapsulation/link-layer.ts';
import { Packet } from '../../src/packets/packet.ts';
import fc from '../property.ts';
import { frame, reread } from './frames.ts';
import { fields, inDirectory, withTshark } from './tshark.ts';

type Version = 4 | 6;
const [ICMP, TCP, UDP, ICMPV6] = [1, 6, 17, 58];

/** An IP packet on Ethernet whose payload is `carried`, with zeros where its checksums are. */
function ip(
  version: Version,
  protocol: number,
  carried: Uint8Array,
  extra: Uint8Array = Buffer.alloc(0),
): Packet {
  const header = version === 4 ? 20 : 40;
  const bytes = Buffer.concat([frame({ version }).bytes.subarray(0, 14 + header), extra, carried]);
  if (version === 4) {
    bytes[14] = 0x45 + extra.length / 4;
    bytes.writeUInt16BE(bytes.length - 14, 16);
    bytes[23] = protocol;
    bytes.writeUInt16BE(0, 24);
  } else {
    bytes.writeUInt16BE(bytes.length - 54, 18);
    if (extra.length === 0) bytes[20] = protocol;
    else bytes[20] = 43;
  }
  return new Packet(
    new CaptureRecord(LinkType.ethernet, 1_700_000_000, 0, bytes.length, Uint8Array.from(bytes)),
  );
}

function tcp(payload: Uint8Array): Uint8Array {
  const { bytes, transport } = frame({ payload, flags: 24, sequence: 1, acknowledgement: 1 });
  const segment = bytes.slice(transport);
  write16(segment, 16, 0);
  return segment;
}

/** Ports that tshark gives no meaning, and a wrong checksum. */
function udp(payload: Uint8Array): Uint8Array {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(40_001, 0);
  header.writeUInt16BE(40_002, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  header.writeUInt16BE(1, 6);
  return Buffer.concat([header, payload]);
}

function echo(type: number, payload: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(type, 0, 0, 0, 0, 1, 0, 1), payload]);
}

const kinds: readonly (readonly [Version, number, number, (payload: Uint8Array) => Uint8Array])[] = [
  [4, TCP, 16, tcp],
  [6, TCP, 16, tcp],
  [4, UDP, 6, udp],
  [6, UDP, 6, udp],
  [4, ICMP, 2, (payload) => echo(8, payload)],
  [6, ICMPV6, 2, (payload) => echo(128, payload)],
];

function bytesOf({ bytes }: Packet): string {
  return Buffer.from(bytes).toString('hex');
}
function finished(packet: Packet): Packet {
  const copy = reread(packet);
  copy.finish();
  return copy;
}

const kind = fc.constantFrom(...kinds);
const payload = fc.uint8Array({ maxLength: 80 });

test('the sum of words is that of the definition, at every place and for every length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(20), fc.nat(70), (bytes, start, length) => {
      let expected = 0;
      for (let at = start; at < Math.min(start + length, bytes.length); at++) {
        expected += (bytes[at] ?? 0) * ((at - start) % 2 === 0 ? 256 : 1);
      }
      assert.equal(sumWords(bytes, start, start + length), expected);
    }),
  );
  assert.equal(sumWords(new Uint8Array(65_535).fill(255), 0, 65_535), 32_767 * 0xffff + 0xff00);
});

test('whatever checksums a packet has, it leaves with those that it should have, and nothing else is changed', () => {
  fc.assert(
    fc.property(
      kind,
      payload,
      fc.nat(0xffff),
      fc.integer({ min: 1, max: 0xffff }),
      ([version, protocol, field, make], text, header, checksum) => {
        const right = finished(ip(version, protocol, make(text)));
        // The model: 32-bit sum over all that is covered, in the words of RFC 1071.
        assert.equal(sumOfCarried(right, protocol) % 0xffff, 0);
        const wrong = reread(right);
        write16(wrong.bytes, wrong.transport + field, checksum);
        if (version === 4) write16(wrong.bytes, wrong.network + 10, header);
        const left = finished(wrong);
        // 0 and 0xffff are the same number.
        if (checksum !== 0xffff) assert.equal(bytesOf(left), bytesOf(right));
        assert.equal(left.isChanged, false);
        assert.equal(bytesOf(finished(right)), bytesOf(right));
      },
    ),
  );
});

function sumOfCarried({ bytes, network, transport, end, version }: Packet, protocol: number): number {
  const carried = Buffer.from(bytes.subarray(transport, end));
  const ends = bytes.subarray(network + (version === 4 ? 12 : 8), network + (version === 4 ? 20 : 40));
  const pseudo = Buffer.concat([
    ends,
    Uint8Array.of(0, protocol, carried.length >>> 8, carried.length & 255),
  ]);
  const text = Buffer.concat([
    protocol === ICMP ? Buffer.alloc(0) : pseudo,
    carried,
    Buffer.alloc(carried.length % 2),
  ]);
  let sum = 0;
  for (let at = 0; at < text.length; at += 2) sum += text.readUInt16BE(at);
  return sum;
}

test('what a sender may do without, and what can not be told, stays as it is', () => {
  const without = ip(4, UDP, udp(Buffer.from('text')));
  write16(without.bytes, without.transport + 6, 0);
  assert.deepEqual(finished(without).bytes.subarray(34), without.bytes.subarray(34));
  // Longer than what carries it.
  const lying = ip(4, UDP, udp(Buffer.from('text')));
  write16(lying.bytes, lying.transport + 4, 20);
  write16(lying.bytes, lying.transport + 6, 7);
  assert.deepEqual(finished(lying).bytes.subarray(34), lying.bytes.subarray(34));
  const whole = ip(4, TCP, tcp(Buffer.from('a longer text')));
  const cut = new Packet(new CaptureRecord(1, 0, 0, whole.bytes.length, whole.bytes.slice(0, -3)));
  cut.finish();
  assert.equal(cut.ipv4?.verifyChecksum(), true);
  assert.deepEqual(cut.bytes.subarray(34), whole.bytes.subarray(34, -3));
  const other = ip(4, 132, Buffer.alloc(40, 7));
  assert.deepEqual(finished(other).bytes.subarray(34), other.bytes.subarray(34));
});

test('UDP that sums to nothing has the other zero', () => {
  for (const version of [4, 6] as const) {
    const rest = 0xffff - ((sumOfCarried(ip(version, UDP, udp(Uint8Array.of(0, 0))), UDP) - 1) % 0xffff);
    // Over IPv6 nobody may do without.
    for (const before of version === 4 ? [1] : [1, 0]) {
      const packet = ip(version, UDP, udp(Uint8Array.of(rest >>> 8, rest & 255)));
      write16(packet.bytes, packet.transport + 6, before);
      const left = finished(packet);
      assert.deepEqual([...left.bytes.subarray(left.transport + 6, left.transport + 8)], [255, 255]);
    }
  }
});

/** A source route of two stops that is still to be travelled, as IPv4 and IPv6 say it; and one that is behind. */
const routed: readonly (readonly [string, Version, readonly number[]])[] = [
  ['loose source route', 4, [131, 11, 4, 192, 0, 2, 7, 192, 0, 2, 8, 0]],
  ['strict source route', 4, [1, 137, 7, 4, 192, 0, 2, 8]],
  ['source route that is over', 4, [131, 11, 12, 192, 0, 2, 7, 192, 0, 2, 8, 0]],
  ['segment routing', 6, [TCP, 4, 4, 1, 1, 0, 0, 0, ...address(8), ...address(7)]],
  ['routing that is over', 6, [TCP, 4, 4, 0, 1, 0, 0, 0, ...address(8), ...address(7)]],
  ['a mobile node', 6, [TCP, 2, 2, 1, 0, 0, 0, 0, ...address(8)]],
];

function address(last: number): readonly number[] {
  return [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last];
}

test('a route is a way to the end that checksums cover', () => {
  for (const [name, version, extra] of routed) {
    const at = version === 4 ? 14 + 20 : 14 + 40;
    const packet = finished(ip(version, TCP, tcp(Buffer.from(name)), Uint8Array.from(extra)));
    const arrived = ip(version, TCP, tcp(Buffer.from(name)));
    const isOver = name.endsWith('over');
    if (!isOver)
      arrived.bytes.set(version === 4 ? [192, 0, 2, 8] : address(8), at - (version === 4 ? 4 : 16));
    const expected = finished(arrived);
    assert.equal(
      bytesOf(packet).slice(2 * packet.transport),
      bytesOf(expected).slice(2 * expected.transport),
      name,
    );
  }
  const home = Uint8Array.from([TCP, 2, 1, 2, 0, 0, 201, 16, ...address(9)]);
  const mobile = ip(6, TCP, tcp(Buffer.from('home')), home);
  mobile.bytes[20] = 60;
  mobile.locate();
  const atHome = ip(6, TCP, tcp(Buffer.from('home')));
  atHome.bytes.set(address(9), 22);
  assert.equal(bytesOf(finished(mobile)).slice(2 * 78), bytesOf(finished(atHome)).slice(2 * 54));
  // A type that nobody knows says nothing of where it leads.
  const unknown = ip(
    6,
    TCP,
    tcp(Buffer.from('?')),
    Uint8Array.from([TCP, 2, 99, 1, 0, 0, 0, 0, ...address(8)]),
  );
  assert.equal(bytesOf(finished(unknown)), bytesOf(unknown));
});

test('tshark finds them right', withTshark, () =>
  inDirectory(async (directory) => {
    const path = join(directory, 'mended.pcap');
    const file = CaptureFile.create(path, false);
    const expected: string[] = [];
    const write = async (packet: Packet, name: string, protocol: number): Promise<void> => {
      assert.equal(await file.write(finished(packet)), undefined);
      expected.push(`${name} ${packet.version === 4 ? '1' : ''} ${protocol}`);
    };
    for (const [version, protocol, , make] of kinds) {
      for (const text of ['', 'odd', 'even', 'x'.repeat(1401)]) {
        await write(ip(version, protocol, make(Buffer.from(text))), `${version}/${protocol}`, protocol);
      }
    }
    for (const [name, version, extra] of routed) {
      await write(ip(version, TCP, tcp(Buffer.from(name)), Uint8Array.from(extra)), name, TCP);
    }
    await file.close();
    const names = ['tcp', 'udp', 'icmp', 'icmpv6'];
    const judged = fields(path, ...['ip', ...names].map((name) => `${name}.checksum.status`));
    const numbers = [TCP, UDP, ICMP, ICMPV6];
    assert.deepEqual(
      judged.map(([header = '', ...carried], index) => {
        const found = carried.indexOf('1');
        return `${expected[index]?.split(' ').slice(0, -2).join(' ')} ${header} ${numbers[found] ?? carried.join()}`;
      }),
      expected,
    );
  }),
);
