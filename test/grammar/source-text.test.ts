import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { test } from 'node:test';
import { decodeDamaged, decodeSource } from '../../grammar/source-text.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';

function bytes(...parts: (string | number)[]) {
  return new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part)))),
  );
}

test('a text is decoded, without its byte-order mark', () => {
  assert.deepEqual(decodeSource(bytes('')), { text: '' });
  assert.deepEqual(decodeSource(bytes('a\né😀\0')), { text: 'a\né😀\0' });
  assert.deepEqual(decodeSource(bytes('\ufeffa\ufeff')), { text: 'a\ufeff' });
});

test('only where every line ends in CRLF are they line ends of the file', () => {
  assert.deepEqual(decodeSource(bytes('a\r\nb\r\n\r\nc')), { text: 'a\nb\n\nc' });
  assert.deepEqual(decodeSource(bytes('a\r\nb\nc')), { text: 'a\r\nb\nc' });
  assert.deepEqual(decodeSource(bytes('\na\r\nb')), { text: '\na\r\nb' });
  assert.deepEqual(decodeSource(bytes('a\rb')), { text: 'a\rb' });
  assert.deepEqual(decodeSource(bytes('a\rb\r\n')), { text: 'a\rb\n' });
});

const broken: readonly (readonly [name: string, source: Uint8Array, problem: object])[] = [
  ['a lone continuation byte', bytes('a\né😀b', 0x80, 'c'), { offset: 9, length: 1, line: 2, column: 4 }],
  ['Latin-1', bytes('caf', 0xe9, ' x'), { offset: 3, length: 1, line: 1, column: 4 }],
  ['a sequence cut at the end', bytes('a', 0xf0, 0x9f, 0x98), { offset: 1, length: 3, line: 1, column: 2 }],
  ['an overlong form', bytes(0xc0, 0xaf), { offset: 0, length: 1, line: 1, column: 1 }],
  ['a surrogate', bytes('\n', 0xed, 0xa0, 0x80), { offset: 1, length: 1, line: 2, column: 1 }],
  ['beyond Unicode', bytes(0xf4, 0x90, 0x80, 0x80), { offset: 0, length: 1, line: 1, column: 1 }],
  ['UTF-16', bytes(0xff, 0xfe, 'a', 0), { offset: 0, length: 1, line: 1, column: 1 }],
  ['behind a byte-order mark', bytes('\ufeffab', 0xff), { offset: 5, length: 1, line: 1, column: 3 }],
];

for (const [name, source, problem] of broken) {
  test(`${name} is refused with its place`, () => {
    assert.deepEqual(decodeSource(source), { problem: { kind: 'invalid-utf-8', ...problem } });
  });
}

test('exactly what is no UTF-8 is refused', () => {
  const octets = fc.oneof(
    fc.nat(0xff),
    fc.constantFrom(0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0x80, 0x8f, 0x9f, 0xa0, 0xbf),
  );
  fc.assert(
    fc.property(fc.array(octets, { maxLength: 8 }), (source) => {
      const result = decodeSource(Uint8Array.from(source));
      assert.equal('text' in result, isUtf8(Uint8Array.from(source)));
      if ('problem' in result) assert.ok(isUtf8(Uint8Array.from(source.slice(0, result.problem.offset))));
    }),
    { numRuns: rounds(250, 2000) },
  );
});

test('what is no UTF-8 is readable around it', () => {
  assert.equal(decodeDamaged(bytes('a', 0xe9, 'b\r\nc', 0xf0, 0x9f, '\r\n')), 'a\ufffdb\nc\ufffd\n');
});
