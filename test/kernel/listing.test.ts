import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ListedElement, ListingReader } from '../../src/kernel/listing.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';

const listing = `table inet levee_0 {
	set refused {
		type ipv4_addr
		size 65535
		flags dynamic
		counter
		elements = { 0.0.0.29 counter packets 5 bytes 240 }
	}

	set blocked29v4 {
		type ipv4_addr
		flags timeout
		counter
		elements = { 10.9.0.3 counter packets 2 bytes 120 timeout 59s936ms expires 54s984ms,
			     10.9.0.4 timeout 1h2m expires 1h1m59s counter packets 0 bytes 0, 10.9.0.5 timeout 2d expires 1d }
	}

	set blocked29v6 {
		type ipv6_addr
		flags timeout
		counter
		elements = { fd09:: counter packets 7 bytes 560 timeout 20ms expires 8ms }
	}

	chain entry {
		type filter hook prerouting priority -300; policy accept;
		tcp flags 0x2 / 0x1,0x2,0x4,0x10 tcp dport vmap { 80 : jump port80, 8080 : jump port8080 }
	}

	chain port8080 {
		ip daddr 10.9.0.1 ip saddr @blocked29v4 update @refused { 0x1d [invalid type] } drop
	}
}
`;

const listed: readonly ListedElement[] = [
  { set: 'refused', address: '0.0.0.29', left: null, packets: 5 },
  { set: 'blocked29v4', address: '10.9.0.3', left: 54_984, packets: 2 },
  { set: 'blocked29v4', address: '10.9.0.4', left: 3_719_000, packets: 0 },
  { set: 'blocked29v4', address: '10.9.0.5', left: 86_400_000, packets: 0 },
  { set: 'blocked29v6', address: 'fd09::', left: 8, packets: 7 },
];

function read(pieces: readonly string[]): { elements: ListedElement[]; reader: ListingReader } {
  const elements: ListedElement[] = [];
  const reader = new ListingReader((element) => elements.push(element));
  for (const piece of pieces) reader.read(piece);
  reader.end();
  return { elements, reader };
}

test('a listing is read in whatever pieces it comes', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: listing.length }), { maxLength: 20 }), (cuts) => {
      const places = [0, ...cuts.sort((one, other) => one - other), listing.length];
      const { elements, reader } = read(
        places.map((place, index) => listing.slice(places[index - 1] ?? 0, place)),
      );
      assert.deepEqual(elements, listed);
      assert.deepEqual([...reader.standing.sets], ['refused', 'blocked29v4', 'blocked29v6']);
      assert.deepEqual([...reader.standing.chains], ['entry', 'port8080']);
    }),
    { numRuns: rounds(100, 2000) },
  );
});

test('elements come and go without a change of the rules; nothing else does', () => {
  const { rules } = read([listing]).reader;
  const without = listing.replace(/^\t\telements = \{[^}]*\}\n/gm, '');
  assert.notEqual(without, listing);
  assert.equal(read([without]).reader.rules, rules);
  assert.notEqual(read([listing.replace(' drop', ' accept')]).reader.rules, rules);
  assert.notEqual(read([listing.replace(', 8080 : jump port8080', '')]).reader.rules, rules);
});
