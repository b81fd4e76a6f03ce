import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { describe, it } from 'node:test';
import { formatAddress, parseAddress } from '../../src/net/address.ts';
import { KEY_ADDRESS, KEY_WORDS, writeNetworkKey } from '../../src/verdict/table/key.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { bitsOf, words } from '../verdict/addresses.ts';

function canonical(text: string): string {
  return formatAddress(words(text));
}

const wordArbitrary = fc.oneof(fc.constant(0), fc.constant(0xffff), fc.nat(0xffffffff));
const addressArbitrary = fc
  .tuple(wordArbitrary, wordArbitrary, wordArbitrary, wordArbitrary)
  .map((parts) => Uint32Array.from(parts));

describe('an address as text', () => {
  it('is read in every form', () => {
    const forms: readonly [string, string][] = [
      ['203.0.113.7', '203.0.113.7'],
      ['::ffff:1.2.3.4', '1.2.3.4'],
      ['::FFFF:0102:0304', '1.2.3.4'],
      ['::', '::'],
      ['::1', '::1'],
      ['fe80::1%eth0', 'fe80::1'],
      ['2001:0DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
      ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
      ['1::', '1::'],
      ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
      ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ];
    for (const [text, expected] of forms) assert.equal(canonical(text), expected);
  });

  it('is refused when it is none, and leaves the words alone', () => {
    const bad = [
      '',
      ':',
      ':::',
      '1',
      '1.2.3',
      '1.2.3.4.5',
      '256.1.1.1',
      '01.2.3.4',
      '1.2.3.4 ',
      '1.2..3',
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1:2:3:4:5:6:7:8::',
      '::12345',
      ':1',
      '1:',
      'fe80::1%',
      '::1.2.3',
      '1.2.3.4::',
      '1:2:3:4:5:6:7:1.2.3.4',
      'g::',
    ];
    const address = Uint32Array.of(1, 2, 3, 4);
    for (const text of bad) assert.equal(parseAddress(text, address), false, text);
    assert.deepEqual(address, Uint32Array.of(1, 2, 3, 4));
  });

  it('is accepted exactly when the platform accepts it', () => {
    const character = fc.constantFrom(...'0125af:::...%');
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 24 }), (text) => {
        // What a zone is called is the operating system's business.
        fc.pre(text.split('%').length <= 2);
        assert.equal(parseAddress(text, new Uint32Array(4)), isIP(text) !== 0);
      }),
      { numRuns: rounds(500, 5000) },
    );
  });

  it('survives being printed and read', () => {
    fc.assert(
      fc.property(addressArbitrary, (address) => {
        assert.deepEqual(words(formatAddress(address)), address);
      }),
    );
  });

  it('is printed as the platform prints it', () => {
    fc.assert(
      fc.property(addressArbitrary, (address) => {
        const text = formatAddress(address);
        fc.pre(text.includes(':'));
        assert.equal(new URL(`http://[${text}]/`).hostname, `[${text}]`);
      }),
    );
  });
});

describe('a network', () => {
  it('keeps the leading bits and no others', () => {
    fc.assert(
      fc.property(addressArbitrary, fc.nat(128), (address, prefix) => {
        const dropped = BigInt(128 - prefix);
        const key = new Int32Array(KEY_WORDS);
        writeNetworkKey(key, 1, address, 0, prefix);
        const network = Uint32Array.from(key.subarray(KEY_ADDRESS));
        assert.equal(bitsOf(network), (bitsOf(address) >> dropped) << dropped);
      }),
    );
  });
});
