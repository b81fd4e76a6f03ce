import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CaptureReader } from '../../src/packets/capture/capture-reader.ts';
import { PcapWriter } from '../../src/packets/capture/pcap-writer.ts';
import { CaptureRecord } from '../../src/packets/capture/record.ts';
import fc from '../property.ts';
import { type Block, pcap, pcapng } from './capture-files.ts';

type Plain = readonly [linkType: number, seconds: number, nanoseconds: number, original: number, hex: string];

function plain(record: CaptureRecord): Plain {
  return [
    record.linkType,
    record.seconds,
    record.nanoseconds,
    record.originalLength,
    Buffer.from(record.bytes).toString('hex'),
  ];
}

/** Reads a capture that comes in chunks of these sizes, over and over. */
function read(
  file: Uint8Array,
  sizes: readonly number[] = [file.length || 1],
): { records: Plain[]; problem: string | undefined } {
  const reader = new CaptureReader();
  const records: Plain[] = [];
  for (let at = 0, turn = 0; at < file.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    reader.add(file.slice(at, at + size));
    at += size;
    for (let record = reader.next(); record !== undefined; record = reader.next())
      records.push(plain(record));
  }
  reader.end();
  return { records, problem: reader.problem?.message };
}

const drawnRecord = fc
  .record({
    seconds: fc.nat(2 ** 31),
    nanoseconds: fc.nat(999_999_999),
    bytes: fc.uint8Array({ maxLength: 90 }),
    cut: fc.nat(50),
  })
  .map(
    ({ seconds, nanoseconds, bytes, cut }) =>
      new CaptureRecord(1, seconds, nanoseconds, bytes.length + cut, bytes),
  );
const sizes = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 5 });

test('what is written to a pcap file is read back, in whatever chunks it comes', () => {
  fc.assert(
    fc.property(fc.array(drawnRecord), fc.boolean(), sizes, (records, nanosecond, chunks) => {
      const writer = new PcapWriter(1, nanosecond);
      const parts = [writer.header(), ...records.map((record) => writer.record(record))];
      const file = Buffer.concat(parts.filter((part) => part instanceof Uint8Array));
      const expected = records.map((record): Plain => {
        const [link, seconds, nanoseconds, ...rest] = plain(record);
        return [link, seconds, nanosecond ? nanoseconds : nanoseconds - (nanoseconds % 1000), ...rest];
      });
      assert.deepEqual(read(file, chunks), { records: expected, problem: undefined });
    }),
  );
});

test('pcap is read in both byte orders and both resolutions', () => {
  for (const isLittle of [true, false]) {
    for (const nanosecond of [true, false]) {
      const file = pcap(isLittle, nanosecond, 113, [{ seconds: 5, fraction: 7, bytes: Buffer.from('abc') }]);
      const expected = [[113, 5, nanosecond ? 7 : 7000, 3, '616263']];
      assert.deepEqual(read(file), { records: expected, problem: undefined });
    }
  }
});

const ethernet: Block = { kind: 'interface', linkType: 1, snapLength: 0 };

test('pcapng: interfaces, resolutions, sections, both byte orders', () => {
  const abc = Buffer.from('abc');
  for (const isLittle of [true, false]) {
    const file = Buffer.concat([
      pcapng(isLittle, [
        ethernet,
        { kind: 'other', type: 4, body: Buffer.alloc(300_000) },
        { kind: 'interface', linkType: 101, snapLength: 2, resolution: 9 },
        { kind: 'interface', linkType: 276, snapLength: 0, resolution: 0x80 | 10, offset: -1 },
        { kind: 'packet', interface: 0, time: 1_700_000_000_123_456n, bytes: abc },
        { kind: 'packet', interface: 1, time: 1_700_000_000_123_456_789n, bytes: abc },
        { kind: 'packet', interface: 2, time: 1024n * 7n + 512n, bytes: abc },
        { kind: 'simple', original: 3, bytes: abc },
      ]),
      pcapng(!isLittle, [
        { kind: 'interface', linkType: 113, snapLength: 2 },
        { kind: 'simple', original: 9, bytes: Buffer.from('ab') },
      ]),
    ]);
    assert.deepEqual(read(file), {
      records: [
        [1, 1_700_000_000, 123_456_000, 3, '616263'],
        [101, 1_700_000_000, 123_456_789, 3, '616263'],
        [276, 6, 500_000_000, 3, '616263'],
        [1, 6, 500_000_000, 3, '616263'],
        [113, 6, 500_000_000, 9, '6162'],
      ],
      problem: undefined,
    });
    assert.deepEqual(read(file, [1]), read(file));
  }
});

test('a damaged capture is read up to the damage, which is named', () => {
  const one = { seconds: 5, fraction: 7, bytes: Buffer.from('abc') };
  const good = pcap(true, false, 1, [one, one]);
  const cases: readonly (readonly [Uint8Array, number, RegExp])[] = [
    [Buffer.alloc(0), 0, /^the capture is empty$/],
    [Buffer.from('abc'), 0, /^this is no pcap or pcapng capture$/],
    [Buffer.from('{"a": 1}'), 0, /^this is no pcap or pcapng capture$/],
    [good.subarray(0, 20), 0, /^the capture ends in the middle of a record$/],
    [good.subarray(0, -1), 1, /^the capture ends in the middle of a record$/],
    [pcap(true, false, 1, [one, { ...one, claimed: 0xffff_ffff }]), 1, /^a record claims 4294967295 bytes/],
    [
      pcapng(true, [ethernet, { kind: 'packet', interface: 3, time: 0n, bytes: one.bytes }]),
      0,
      /interface 3/,
    ],
    [pcapng(true, [{ kind: 'simple', original: 3, bytes: one.bytes }]), 0, /before the interface/],
    [
      pcapng(true, [ethernet, { kind: 'packet', interface: 0, time: 0n, bytes: one.bytes, claimed: 5000 }]),
      0,
      /5000 bytes/,
    ],
    [pcapng(true, [{ ...ethernet, claimedLength: 8 }]), 0, /^a block claims 8 bytes$/],
    [pcapng(true, [{ ...ethernet, claimedLength: 0x7fff_fffc }]), 0, /^a block claims 2147483644 bytes$/],
  ];
  for (const [file, count, problem] of cases) {
    for (const chunks of [[1], [100_000]]) {
      const { records, problem: found } = read(file, chunks);
      assert.equal(records.length, count, String(problem));
      assert.match(String(found), problem);
    }
  }
});

test('a packet of another link type is refused by the file that it can not stand in', () => {
  const writer = new PcapWriter(1, false);
  const answer = writer.record(new CaptureRecord(113, 0, 0, 1, Buffer.from('a')));
  assert.ok(!(answer instanceof Uint8Array));
  assert.match(answer.message, /link type 113/);
});

test('what is sliced off a record is a copy, also where the chunk is a Buffer', () => {
  const reader = new CaptureReader();
  reader.add(pcap(true, false, 1, [{ seconds: 5, fraction: 7, bytes: Buffer.of(1, 2, 3) }]));
  const bytes = reader.next()?.bytes;
  assert.ok(bytes !== undefined);
  bytes.slice()[0] = 9;
  assert.deepEqual([...bytes], [1, 2, 3]);
});
