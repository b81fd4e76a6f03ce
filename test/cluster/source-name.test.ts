import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { nameOfSource, policyNameLength, sourceNamed } from '../../src/cluster/counts/source-name.ts';
import { isIPv4, MAPPED, MAPPED_BITS, maskWord } from '../../src/net/address.ts';
import fc from '../property.ts';

const word = fc.nat({ max: 2 ** 32 - 1 });
const policy = fc
  .uint8Array({ minLength: policyNameLength, maxLength: policyNameLength })
  .map((bytes) => Buffer.from(bytes).toString('latin1'));

function masked(words: readonly number[], prefix: number): Uint32Array {
  return Uint32Array.from(words, (each, place) => maskWord(each, prefix - place * 32));
}

const four = fc
  .record({ policy, length: fc.nat({ max: 32 }), bits: word })
  .map(({ length, bits, ...rest }) => ({
    ...rest,
    prefix: MAPPED_BITS + length,
    address: masked([0, 0, MAPPED, bits], MAPPED_BITS + length),
  }));

const six = fc
  .record({ policy, prefix: fc.nat({ max: 128 }), words: fc.tuple(word, word, word, word) })
  .map(({ prefix, words, ...rest }) => ({ ...rest, prefix, address: masked(words, prefix) }))
  .filter(({ address }) => !isIPv4(address));

suite('the name of a source', () => {
  test('says which policy, address and prefix it is, in few bytes', () => {
    fc.assert(
      fc.property(fc.oneof(four, six), (source) => {
        const name = nameOfSource(source);
        assert.deepEqual(sourceNamed(name), source);
        assert.ok(name.length <= policyNameLength + 1 + (isIPv4(source.address) ? 4 : 16));
      }),
    );
  });

  test('is not anything else', () => {
    for (const name of ['', 'web', 'eight...', 'eight...\x81\x01\x02\x03\x04', 'eight...\x80\x01'])
      assert.equal(sourceNamed(name), null);
  });
});
