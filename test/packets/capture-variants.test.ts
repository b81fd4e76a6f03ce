import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { CaptureReader } from '../../src/packets/capture/capture-reader.ts';
import { readCapture } from '../../src/packets/capture/files.ts';
import { pcap } from './capture-files.ts';
import { frame } from './frames.ts';

type Read = {
  readonly records: readonly (readonly [number, string])[];
  readonly problem: string | undefined;
};

/** Times in nanoseconds of the second, and bytes, of a capture that comes in small chunks. */
async function read(file: Uint8Array): Promise<Read> {
  const reader = new CaptureReader();
  const records: (readonly [number, string])[] = [];
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < file.length; at += 7) yield file.subarray(at, at + 7);
  }
  for await (const group of readCapture(chunks(), reader)) {
    for (const { nanoseconds, bytes } of group)
      records.push([nanoseconds, Buffer.from(bytes).toString('latin1')]);
  }
  return { records, problem: reader.problem?.message };
}

const two = pcap(true, false, 1, [
  { seconds: 5, fraction: 7, bytes: Buffer.from('abc') },
  { seconds: 5, fraction: 8, bytes: Buffer.from('defg') },
]);
const both: Read = {
  records: [
    [7000, 'abc'],
    [8000, 'defg'],
  ],
  problem: undefined,
};

/** Classic captures that libpcap reads and that are not as they are written today. */
function olderCaptures(isLittle: boolean, bytes: Uint8Array): readonly (readonly [string, Buffer])[] {
  const record = { seconds: 5, fraction: 7, bytes };
  const version = (file: Buffer, major: number, minor: number): Buffer => {
    const changed = Buffer.from(file);
    changed.set(isLittle ? [major & 255, major >>> 8, minor, 0] : [major >>> 8, major & 255, 0, minor], 4);
    return changed;
  };
  // Cut, so that the two lengths differ: the first of them is the captured one.
  const cut = pcap(isLittle, false, 1, [record]);
  const length = isLittle ? cut.readUInt32LE(32) : cut.readUInt32BE(32);
  const wire = Buffer.from(cut);
  if (isLittle) wire.writeUInt32LE(length + 10, 36);
  else wire.writeUInt32BE(length + 10, 36);
  const swapped = Buffer.from(wire);
  wire.copy(swapped, 32, 36, 40);
  wire.copy(swapped, 36, 32, 36);
  const modified = Buffer.concat([wire.subarray(0, 40), Buffer.alloc(8, 1), wire.subarray(40)]);
  modified.set(isLittle ? [0x34, 0xcd, 0xb2, 0xa1] : [0xa1, 0xb2, 0xcd, 0x34], 0);
  return [
    ['2.4', wire],
    ['2.2', version(swapped, 2, 2)],
    ['2.3', version(wire, 2, 3)],
    ['2.3 with lengths the other way', version(swapped, 2, 3)],
    ['DG/UX', version(swapped, 543, 0)],
    ['modified', modified],
  ];
}

test('classic captures of all kinds that libpcap reads are read', async () => {
  for (const isLittle of [true, false]) {
    for (const [name, file] of olderCaptures(isLittle, Buffer.from('abc')))
      assert.deepEqual(await read(file), { records: [[7000, 'abc']], problem: undefined }, name);
  }
});

const hasTcpdump = spawnSync('tcpdump', ['--version']).status === 0;
test('tcpdump reads the same in them', { skip: hasTcpdump ? false : 'tcpdump is not installed' }, () => {
  for (const isLittle of [true, false]) {
    for (const [name, file] of olderCaptures(isLittle, frame({ flags: 2 }).bytes)) {
      const { stdout } = spawnSync('tcpdump', ['-nr', '-'], { input: file, encoding: 'utf8' });
      assert.match(stdout, /10\.0\.0\.1\.40000 > 192\.0\.2\.1\.80: Flags \[S\]/, name);
    }
  }
});

test('what gzip has compressed is read, in one piece or several', async () => {
  assert.deepEqual(await read(gzipSync(two)), both);
  assert.deepEqual(
    await read(Buffer.concat([gzipSync(two.subarray(0, 30)), gzipSync(two.subarray(30))])),
    both,
  );
  assert.deepEqual(await read(gzipSync(Buffer.alloc(0))), { records: [], problem: 'the capture is empty' });
});

test('of a damaged gzip file what stands before is read, and it is told', async () => {
  const noise = Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * index * 31) >>> 3));
  const long = pcap(true, false, 1, [
    ...[7, 8].map((fraction) => ({ seconds: 5, fraction, bytes: Buffer.from('abc') })),
    { seconds: 6, fraction: 0, bytes: noise },
  ]);
  const zipped = gzipSync(long);
  const { records, problem } = await read(zipped.subarray(0, zipped.length - 9));
  assert.deepEqual(
    records.slice(0, 2).map(([, text]) => text),
    ['abc', 'abc'],
  );
  assert.match(problem ?? '', /^gzip can't unzip it further: unexpected end of file/);
});

test('another format is named, with what makes a capture of it', async () => {
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0]), /but compressed by zstd: "zstd -dc FILE" writes/],
    [Buffer.from('\xfd7zXZ\0', 'latin1'), /xz -dc/],
    [Buffer.from('snoop\0\0\0'), /but a snoop capture of Solaris: editcap makes a pcapng capture of it$/],
    [Buffer.from('0000  00 01'), /text2pcap/],
    [gzipSync(gzipSync(two)), /compressed by gzip/],
  ];
  for (const [file, expected] of cases) {
    const { records, problem } = await read(file);
    assert.deepEqual(records, []);
    assert.match(problem ?? '', expected);
  }
  const archaic = Buffer.from(two);
  archaic.set([1, 0], 4);
  assert.match((await read(archaic)).problem ?? '', /version 1\.4, which nothing reads/);
});
