import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  codeOf,
  fromBase32,
  OneTimeCodes,
  toBase32,
  type UsedSteps,
} from '../../src/access/one-time-codes.ts';
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
  const codes = new OneTimeCodes(undefined, () => now);
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

test('what was used is kept for two minutes, whatever the clock says', () => {
  const { kept, codes, at } = rememberedElsewhere();
  const text = toBase32(secret);
  const other = toBase32(Buffer.from('another secret'));
  at(1000);
  assert.equal(codes().use(text, codeOf(secret, 1000)), true);
  assert.equal(codes().isFresh(text.toLowerCase(), codeOf(secret, 1000)), false, 'elsewhere');
  at(1002);
  assert.equal(codes().use(other, codeOf(Buffer.from('another secret'), 1002)), true);
  assert.deepEqual([...kept.values()], [1000, 1002]);
  at(1005);
  assert.equal(codes().use(other, codeOf(Buffer.from('another secret'), 1005)), true);
  assert.deepEqual([...kept.values()], [1005]);
  at(10);
  assert.equal(
    codes().isFresh(other, codeOf(Buffer.from('another secret'), 10)),
    true,
    'the clock was wrong',
  );
});

/** A file of used steps that processes have in common, and their clock. */
function rememberedElsewhere(): {
  readonly kept: Map<string, number>;
  codes(): OneTimeCodes;
  at(step: number): void;
} {
  const kept = new Map<string, number>();
  let now = 0;
  const file = {
    read: () => new Map(kept),
    write: (used: UsedSteps) => {
      kept.clear();
      for (const [name, step] of used) kept.set(name, step);
    },
  };
  return {
    kept,
    codes: () => new OneTimeCodes(file, () => now),
    at: (step) => {
      now = step * 30_000;
    },
  };
}

test('base32 gives back what it was given', () => {
  assert.equal(toBase32(secret), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
      assert.deepEqual(fromBase32(toBase32(bytes).toLowerCase()), bytes);
    }),
  );
  assert.equal(fromBase32('ABC1'), undefined);
});
