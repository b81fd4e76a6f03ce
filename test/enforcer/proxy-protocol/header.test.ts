import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Announced } from '../../../src/enforcer/connection/proxy-protocol/header.ts';
import {
  type HeaderProgress,
  HeaderReader,
  readHeader,
} from '../../../src/enforcer/connection/proxy-protocol/header-reader.ts';
import { longestHeader, signature } from '../../../src/enforcer/connection/proxy-protocol/version-2.ts';
import { writeHeader } from '../../../src/enforcer/connection/proxy-protocol/write-header.ts';
import { formatAddress, parseAddress } from '../../../src/net/address.ts';
import { rounds } from '../../campaign.ts';
import fc from '../../property.ts';

const word = fc.nat(0xffff_ffff);
const ipv4 = word.map((bits) => Uint32Array.of(0, 0, 0xffff, bits));
const ipv6 = fc.tuple(word, word, word, word).map((words) => Uint32Array.from(words));
const port = fc.nat(65_535);
const announced: fc.Arbitrary<Announced> = fc.oneof(
  ...[
    [ipv4, ipv4],
    [ipv6, ipv6],
    [ipv4, ipv6],
    [ipv6, ipv4],
  ].map(([source = ipv4, destination = ipv4]) =>
    fc.record({ source, destination, sourcePort: port, destinationPort: port }, { noNullPrototype: true }),
  ),
);
const anyOrNobody = fc.option(announced, { nil: null });
const version = fc.constantFrom('v1' as const, 'v2' as const);

/** A header of version 2 with whatever fields, well formed or not. */
const anyVersion2 = fc
  .tuple(
    fc.constantFrom(0x20, 0x21, 0x11, 0x22),
    fc.constantFrom(0x00, 0x11, 0x12, 0x21, 0x22, 0x31, 0x32, 0x41, 0x13),
    fc.oneof(fc.nat(300), fc.nat(65_535)),
    fc.uint8Array({ maxLength: 400 }),
  )
  .map(([command, transport, length, payload]) =>
    Uint8Array.from([...signature, command, transport, length >> 8, length & 255, ...payload]),
  );
const anyVersion1 = fc
  .array(fc.constantFrom('PROXY', ' ', 'TCP4', 'TCP6', 'UNKNOWN', '::1', '192.0.2.7', '80', '\r', '\n', '%x'))
  .map((words) => Uint8Array.from(Buffer.from(`PROXY ${words.join('')}`)));
const valid = fc
  .tuple(version, anyOrNobody, fc.uint8Array({ maxLength: 30 }))
  .map(([of, header, rest]) => Uint8Array.from([...writeHeader(of, header), ...rest]));
const bytes = fc.oneof(valid, anyVersion1, anyVersion2, fc.uint8Array({ maxLength: 200 }));

function textOf(progress: HeaderProgress): string {
  if (progress.kind !== 'header') return JSON.stringify(progress);
  const { announced: named, rest } = progress;
  return JSON.stringify([named && Object.values(named).map(String), Buffer.from(rest).toString('hex')]);
}

function readInPieces(pieces: readonly Uint8Array[]): string {
  const reader = new HeaderReader();
  let last: HeaderProgress = { kind: 'more' };
  for (const [index, piece] of pieces.entries()) {
    last = reader.take(piece);
    if (last.kind === 'more') continue;
    if (last.kind === 'broken') return textOf(last);
    const rest = Buffer.concat([last.rest, ...pieces.slice(index + 1)]);
    return textOf({ ...last, rest });
  }
  return textOf(last);
}

test('what is written is read back, whatever follows it', () => {
  fc.assert(
    fc.property(version, anyOrNobody, fc.uint8Array({ maxLength: 40 }), (of, header, rest) => {
      const progress = new HeaderReader().take(Uint8Array.from([...writeHeader(of, header), ...rest]));
      assert.ok(progress.kind === 'header');
      assert.deepEqual(progress.announced, header);
      assert.deepEqual([...progress.rest], [...rest]);
    }),
  );
});

test('every split of the bytes gives the same', () => {
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(200), { maxLength: 8 }), (whole, cuts) => {
      const places = [
        0,
        ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b),
        whole.length,
      ];
      const pieces = places.slice(1).map((end, index) => whole.subarray(places[index], end));
      const single = Array.from(whole, (byte) => Uint8Array.of(byte));
      const expected = readInPieces([whole]);
      assert.equal(readInPieces(pieces), expected);
      assert.equal(readInPieces(single), expected);
    }),
    { numRuns: rounds(75, 300) },
  );
});

test('no bytes make it throw, or wait for more than a header may be long', () => {
  const long = fc.uint8Array({ minLength: longestHeader, maxLength: longestHeader + 100 });
  const begun = fc.tuple(fc.oneof(anyVersion1, anyVersion2), long).map(([head, tail]) => [...head, ...tail]);
  fc.assert(
    fc.property(fc.oneof(long, begun), (whole) => {
      assert.notEqual(readHeader(Uint8Array.from(whole)).kind, 'more');
    }),
    { numRuns: rounds(25, 100) },
  );
});

function line(text: string): HeaderProgress {
  return new HeaderReader().take(Buffer.from(text, 'latin1'));
}
function of(text: string): Uint32Array {
  const address = new Uint32Array(4);
  assert.ok(parseAddress(text, address));
  return address;
}

test('lines of version 1', () => {
  const accepted: readonly (readonly [string, string | null])[] = [
    ['PROXY TCP4 192.0.2.7 198.51.100.1 40112 80\r\n', '192.0.2.7 40112 198.51.100.1 80'],
    [
      'PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n',
      '255.255.255.255 65535 255.255.255.255 65535',
    ],
    ['PROXY TCP6 2001:DB8::7 2001:db8::1 0 443\r\n', '2001:db8::7 0 2001:db8::1 443'],
    ['PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n', '192.0.2.7 1 ::1 2'],
    ['PROXY UNKNOWN\r\n', null],
    [`PROXY UNKNOWN ${'f'.repeat(107 - 16)}\r\n`, null],
  ];
  for (const [text, expected] of accepted) {
    const progress = line(text);
    assert.ok(progress.kind === 'header', text);
    const named = progress.announced;
    const shown =
      named &&
      `${formatAddress(named.source)} ${named.sourcePort} ${formatAddress(named.destination)} ${named.destinationPort}`;
    assert.equal(shown, expected, text);
  }
  const refused = [
    'GET / HTTP/1.1\r\n',
    'PROXY TCP4 192.0.2.7 198.51.100.1 40112 80\n',
    'PROXY TCP4 192.0.2.7 198.51.100.1 40112 80\r \n',
    'PROXY TCP4  192.0.2.7 198.51.100.1 40112 80\r\n',
    'PROXY TCP4 192.0.2.7 198.51.100.1 40112 80 \r\n',
    'PROXY TCP4 192.0.2.7 198.51.100.1 40112\r\n',
    'PROXY TCP4 192.0.2.07 198.51.100.1 40112 80\r\n',
    'PROXY TCP4 192.0.2.7 198.51.100.1 040112 80\r\n',
    'PROXY TCP4 192.0.2.7 198.51.100.1 65536 80\r\n',
    'PROXY TCP4 192.0.2.7 198.51.100.1 +1 80\r\n',
    'PROXY TCP4 ::1 ::1 40112 80\r\n',
    'PROXY TCP6 192.0.2.7 198.51.100.1 40112 80\r\n',
    'PROXY TCP6 fe80::1%eth0 ::1 40112 80\r\n',
    'PROXY tcp4 192.0.2.7 198.51.100.1 40112 80\r\n',
    'PROXY UDP4 192.0.2.7 198.51.100.1 40112 80\r\n',
    'PROXY \r\n',
    'PROXY\r\n',
    `PROXY UNKNOWN ${'f'.repeat(107 - 15)}\r\n`,
  ];
  for (const text of refused) assert.equal(line(text).kind, 'broken', JSON.stringify(text));
});

function header2(command: number, transport: number, payload: readonly number[], length = payload.length) {
  return Uint8Array.from([...signature, command, transport, length >> 8, length & 255, ...payload]);
}

test('headers of version 2', () => {
  const tcp4 = [192, 0, 2, 7, 198, 51, 100, 1, 0x9c, 0xb0, 0, 80];
  const tlv = [4, 0, 3, 1, 2, 3];
  const expected = {
    source: of('192.0.2.7'),
    destination: of('198.51.100.1'),
    sourcePort: 40112,
    destinationPort: 80,
  };
  assert.deepEqual(readHeader(header2(0x21, 0x11, [...tcp4, ...tlv])), {
    kind: 'header',
    length: 16 + 18,
    announced: expected,
  });
  for (const [command, transport, payload] of [
    [0x20, 0x00, []],
    [0x20, 0x11, []],
    [0x20, 0x41, tlv],
    [0x20, 0xff, []],
    [0x20, 0x11, tcp4],
    [0x21, 0x00, tlv],
    [0x21, 0x12, tcp4],
    [0x21, 0x31, Array<number>(216).fill(0)],
  ] as const) {
    const length = 16 + payload.length;
    assert.deepEqual(readHeader(header2(command, transport, payload)), {
      kind: 'header',
      length,
      announced: null,
    });
  }
  for (const [command, transport, length] of [
    [0x22, 0x11, 12],
    [0x11, 0x11, 12],
    [0x21, 0x10, 12],
    [0x21, 0x41, 12],
    [0x21, 0x11, 11],
    [0x21, 0x21, 35],
    [0x20, 0x00, longestHeader - 15],
  ] as const) {
    assert.equal(readHeader(header2(command, transport, [], length)).kind, 'broken');
  }
});
