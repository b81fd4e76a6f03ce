import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress } from '../../src/net/address.ts';
import { SourceBook } from '../../src/replay/judging/source-book.ts';
import { NONE } from '../../src/replay/links.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { words } from '../verdict/addresses.ts';

/** Several for each chain that a book begins with. */
const addresses = Array.from({ length: 400 }, (_, index) =>
  words(index % 2 === 0 ? `10.0.${index >> 8}.${index & 255}` : `2001:db8::${index}`),
);
const whole = { prefixV4: 32, prefixV6: 128 };

const steps = fc.array(fc.record({ opens: fc.boolean(), which: fc.nat(addresses.length - 1) }), {
  minLength: 1,
  maxLength: 1500,
  size: 'max',
});

test('a book finds whom it has entered, and forgets beyond its room who holds nothing', () => {
  fc.assert(
    fc.property(steps, fc.constantFrom(0, 10, 100, 1000), (given, most) => {
      const room = { left: most };
      const book = new SourceBook(1, room);
      const named = new Set<number>();
      const open = new Map<number, number>();
      for (const { opens, which } of given) {
        const address = addresses[which] ?? new Uint32Array(4);
        const held = open.get(which) ?? 0;
        if (opens) {
          if (named.size < most && held === 0) named.add(which);
          book.opened(book.enterOpen(address, whole));
          open.set(which, held + 1);
        } else if (held > 0) {
          book.closed(book.find(address, whole));
          open.set(which, held - 1);
        }
      }
      assert.equal(room.left, most - named.size);
      const entries = new Set<number>();
      for (const [which, address] of addresses.entries()) {
        const entry = book.find(address, whole);
        const isThere = named.has(which) || (open.get(which) ?? 0) > 0;
        assert.equal(entry !== NONE, isThere);
        if (!isThere) continue;
        assert.equal(book.isPassing(entry), !named.has(which));
        assert.equal(book.nameOf(entry), formatAddress(address));
        entries.add(entry);
      }
      const seen: number[] = [];
      book.visitPeaks((entry) => seen.push(entry));
      assert.equal(seen.length, named.size);
      assert.ok(seen.every((entry) => entries.has(entry)));
    }),
    { numRuns: rounds(15, 60) },
  );
});
