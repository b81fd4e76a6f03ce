import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, fromBase32, OneTimeCodes, toBase32 } from '../../src/access/one-time-codes.ts';
import fc from '../property.ts';

const secret = Buffer.from('12345678901234567890');

test('codes are those of RFC 6238, Appendix B', () => {
  // Of its eight digits the last six.
  const vectors: readonly (readonly [number, string])[] = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ];
  for (const [time, code] of vectors) assert.equal(codeOf(secret, Math.floor(time / 30)), code);
});

test('a code is good for its step and those beside it, and once', () => {
  let now = 0;
  const codes = new OneTimeCodes(() => now);
  const text = toBase32(secret);
  const [step, code] = [1000, codeOf(secret, 1000)];
  for (const [at, isGood] of [
    [step - 2, false],
    [step - 1, true],
    [step + 1, true],
    [step + 2, false],
  ] as const) {
    now = at * 30_000;
    assert.equal(codes.isFresh(text, code), isGood, `${at - step}`);
  }
  now = step * 30_000;
  assert.equal(codes.use(text, ` ${code.slice(0, 3)} ${code.slice(3)}`), true);
  assert.equal(codes.isFresh(text, code), false, 'used');
  assert.equal(codes.use(text, codeOf(secret, step - 1)), false, 'older than the one used');
  assert.equal(codes.use(text, codeOf(secret, step + 1)), true);
  assert.equal(codes.isFresh('', code), false, 'a secret that can not be read');
});

test('base32 gives back what it was given', () => {
  assert.equal(toBase32(secret), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
      assert.deepEqual(fromBase32(toBase32(bytes).toLowerCase()), bytes);
    }),
  );
  assert.equal(fromBase32('ABC1'), undefined);
});
