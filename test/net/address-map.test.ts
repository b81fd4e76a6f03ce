import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalRange } from '../../schemas/kinds/addresses/address-range.ts';
import { formatAddress, isIPv4, parseAddress } from '../../src/net/address.ts';
import { buildAddressMap, lookUp, type MarkedAddresses, marksWithin } from '../../src/net/address-map.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';

const bitsOfIpv4 = 0xffffn << 32n;

function bitsOf(address: Uint32Array): bigint {
  return address.reduce((bits, word) => (bits << 32n) | BigInt(word), 0n);
}

function wordsOf(bits: bigint): Uint32Array {
  return Uint32Array.from([96n, 64n, 32n, 0n], (shift) => Number((bits >> shift) & 0xffff_ffffn));
}

function parse(text: string): Uint32Array {
  const address = new Uint32Array(4);
  assert.ok(parseAddress(text, address), text);
  return address;
}

function marksOf(entries: readonly MarkedAddresses[], ...addresses: readonly string[]): number[] {
  const map = new Int32Array(buildAddressMap(entries));
  return addresses.map((address) => lookUp(map, parse(address)));
}

/** What a map must say, found out by looking at every entry. */
type Scanned = { readonly first: bigint; readonly last: bigint; readonly marks: number };

function scan(entries: readonly Scanned[], address: Uint32Array): number {
  const bits = bitsOf(address);
  const family = entries.filter(({ first }) => isIPv4(wordsOf(first)) === isIPv4(address));
  return family
    .filter(({ first, last }) => first <= bits && bits <= last)
    .reduce((marks, entry) => marks | entry.marks, 0);
}

/** Addresses that lie close together and far apart, in both families, and beside the mapped ones. */
const bitsArbitrary = fc
  .tuple(
    fc.constantFrom(0n, bitsOfIpv4, bitsOfIpv4 | 0x0a00_0000n, 0x2001_0db8n << 96n, (1n << 128n) - 64n),
    fc.oneof(fc.bigInt(0n, 63n), fc.bigInt(0n, 0xffff_ffffn), fc.bigInt(0n, (1n << 100n) - 1n)),
  )
  .map(([base, offset]) => (base + offset) & ((1n << 128n) - 1n));

function textOf(bits: bigint): string {
  const words = wordsOf(bits);
  return formatAddress(words);
}

const entryArbitrary = fc
  .record({
    one: bitsArbitrary,
    other: bitsArbitrary,
    length: fc.integer({ min: 0, max: 128 }),
    kind: fc.constantFrom('address', 'prefix', 'range'),
    marks: fc.integer({ min: 1, max: 7 }),
  })
  .map(({ one, other, length, kind, marks }): (Scanned & { text: string }) | null => {
    const isMapped = isIPv4(wordsOf(one));
    if (kind === 'address') return { first: one, last: one, marks, text: textOf(one) };
    if (kind === 'prefix') {
      const bits = isMapped ? 96 + (length % 33) : length;
      const hosts = (1n << BigInt(128 - bits)) - 1n;
      const first = one & ~hosts;
      // ::/80 and the like begin in one family and look like the other once they are cut.
      if (isIPv4(wordsOf(first)) !== isMapped) return null;
      return { first, last: one | hosts, marks, text: `${textOf(first)}/${isMapped ? bits - 96 : bits}` };
    }
    const [first, last] = one <= other ? [one, other] : [other, one];
    if (isIPv4(wordsOf(first)) !== isIPv4(wordsOf(last))) return null;
    return { first, last, marks, text: `${textOf(first)}-${textOf(last)}` };
  })
  .filter((entry) => entry !== null);

describe('an address map', () => {
  it('says of every address what a scan of its entries says', () => {
    fc.assert(
      fc.property(
        fc.array(entryArbitrary, { maxLength: 40 }),
        fc.array(bitsArbitrary, { minLength: 1, maxLength: 40 }),
        (entries, more) => {
          const canonical = entries.map(({ text, marks }) => {
            const form = canonicalRange(text);
            assert.ok(form !== undefined, text);
            return { text: form, marks };
          });
          const map = new Int32Array(buildAddressMap(canonical));
          const edges = entries.flatMap(({ first, last }) => [first - 1n, first, last, last + 1n]);
          for (const bits of [...edges, ...more]) {
            if (bits < 0n || bits >> 128n !== 0n) continue;
            const address = wordsOf(bits);
            assert.equal(lookUp(map, address), scan(entries, address), formatAddress(address));
          }
        },
      ),
      { numRuns: rounds(50, 500) },
    );
  });

  it('says of a network what its addresses say', () => {
    fc.assert(
      fc.property(
        fc.array(entryArbitrary, { maxLength: 12 }),
        bitsArbitrary,
        fc.integer({ min: 0, max: 6 }),
        (entries, inside, hostBits) => {
          const map = new Int32Array(buildAddressMap(entries));
          const first = (inside >> BigInt(hostBits)) << BigInt(hostBits);
          const found = marksWithin(map, wordsOf(first), 128 - hostBits);
          const said = new Set<number>();
          for (let host = 0n; host < 1n << BigInt(hostBits); host++)
            said.add(lookUp(map, wordsOf(first | host)));
          for (const marks of said) assert.ok(found.has(marks), `${textOf(first)}: ${marks}`);
          const union = [...said].reduce((all, marks) => all | marks, 0);
          for (const marks of found) assert.equal(marks & ~union, 0);
        },
      ),
      { numRuns: rounds(50, 500) },
    );
  });

  it('joins the marks of all that hold an address', () => {
    const entries = [
      { text: '10.0.0.0/8', marks: 1 },
      { text: '10.1.0.0-10.1.255.255', marks: 2 },
      { text: '10.1.2.3', marks: 4 },
    ];
    assert.deepEqual(marksOf(entries, '10.1.2.3', '10.1.2.4', '10.2.0.0', '11.0.0.0'), [7, 3, 1, 0]);
  });

  it('keeps the families apart', () => {
    const all = [{ text: '::/0', marks: 1 }];
    assert.deepEqual(marksOf(all, '::', '2001:db8::1', '192.0.2.1', '::ffff:192.0.2.1'), [1, 1, 0, 0]);
    assert.deepEqual(
      marksOf([{ text: '0.0.0.0/0', marks: 2 }], '::1', '0.0.0.0', '255.255.255.255'),
      [0, 2, 2],
    );
  });

  it('holds nothing when it is empty', () => {
    assert.deepEqual(marksOf([], '::', '0.0.0.0'), [0, 0]);
  });

  it('reads an address from anywhere in an array, signed or not', () => {
    const map = new Int32Array(buildAddressMap([{ text: '203.0.113.0/24', marks: 1 }]));
    const words = Int32Array.of(9, 9, ...parse('203.0.113.200'));
    assert.equal(lookUp(map, words, 2), 1);
    assert.equal(lookUp(map, words, 0), 0);
  });

  it('takes 100,000 entries, in memory that they account for', () => {
    const entries = Array.from({ length: 100_000 }, (_, index) => ({
      text: textOf(bitsOfIpv4 | BigInt((index * 40_503) >>> 0)),
      marks: 1,
    }));
    const buffer = buildAddressMap(entries);
    assert.ok(buffer.byteLength < 100_000 * 64 + 1024);
    const map = new Int32Array(buffer);
    for (const { text } of entries.slice(0, 1000)) assert.equal(lookUp(map, parse(text)), 1);
  });

  it('refuses what no schema lets pass', () => {
    for (const text of ['', 'x', '1.2.3.4-::1', '1.2.3.4-']) {
      assert.throws(() => buildAddressMap([{ text, marks: 1 }]), Error, text);
    }
  });
});
