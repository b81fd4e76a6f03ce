import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Change,
  changesBetween,
  type Elements,
  elementCommands,
  setName,
} from '../../src/kernel/elements.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';

const now = 1_000_000;

const elements = fc
  .array(
    fc.record({
      set: fc.constantFrom('blocked1v4', 'blocked2v4', 'blocked2v6'),
      address: fc.integer({ min: 1, max: 20 }).map((host) => `192.0.2.${host}`),
      until: fc.integer({ min: now - 3000, max: now + 20_000 }),
    }),
    { maxLength: 40 },
  )
  .map((places): Elements => {
    const sets = new Map<string, Map<string, number>>();
    for (const { set, address, until } of places) {
      const ofSet = sets.get(set) ?? new Map<string, number>();
      sets.set(set, ofSet.set(address, until));
    }
    return sets;
  });

/** What the kernel makes of changes, and that it can: what is removed is there, what is added is not. */
function applied(held: Elements, changes: readonly Change[]): Map<string, number> {
  const live = new Map(placesOf(held).filter(([, until]) => until > now));
  for (const { set, address, removes, until } of changes) {
    const place = `${set} ${address}`;
    if (removes) assert.ok(live.delete(place), `${place} is removed and not there`);
    if (until === null) continue;
    assert.ok(!live.has(place), `${place} is added and there`);
    live.set(place, until);
  }
  return live;
}

function placesOf(sets: Elements): [string, number][] {
  return [...sets].flatMap(([set, ofSet]) =>
    [...ofSet].map(([address, until]): [string, number] => [`${set} ${address}`, until]),
  );
}

test('after its changes the kernel refuses exactly whom it is to refuse, each to its end', () => {
  fc.assert(
    fc.property(elements, elements, (held, wanted) => {
      const live = applied(held, changesBetween(held, wanted, now));
      const blocked = new Map(placesOf(wanted).filter(([, until]) => until > now));
      for (const [place, until] of blocked) {
        const end = live.get(place);
        // One that is about to end is left to do so, and made anew by a later look.
        const wasEnding = new Map(placesOf(held)).get(place);
        if (wasEnding !== undefined && wasEnding > now && wasEnding - now <= 500) continue;
        assert.ok(end !== undefined && Math.abs(end - until) <= 1500, `${place}: ${end} is no ${until}`);
      }
      for (const [place, until] of live) assert.ok(blocked.has(place) || until - now <= 500, place);
    }),
    { numRuns: rounds(200, 5000) },
  );
});

test('where nothing differs there is nothing to change', () => {
  fc.assert(
    fc.property(elements, (held) => {
      assert.deepEqual(changesBetween(held, held, now), []);
    }),
    { numRuns: rounds(50, 1000) },
  );
});

test('what is replaced is removed and added in one transaction, with what is left of its block', () => {
  const changes = [
    { set: setName(7, '::'), address: '2001:db8::', removes: true, until: now + 1500.4 },
    { set: setName(7, '0.0.0.0'), address: '192.0.2.1', removes: true, until: null },
    { set: setName(7, '0.0.0.0'), address: '192.0.2.2', removes: false, until: now + 60_000 },
    { set: setName(7, '0.0.0.0'), address: '192.0.2.3', removes: false, until: now + 0.2 },
  ];
  assert.equal(
    elementCommands('levee_0', changes, now),
    `delete element inet levee_0 blocked7v6 { 2001:db8:: }
delete element inet levee_0 blocked7v4 { 192.0.2.1 }
add element inet levee_0 blocked7v6 { 2001:db8:: timeout 1500ms }
add element inet levee_0 blocked7v4 { 192.0.2.2 timeout 60000ms, 192.0.2.3 timeout 1ms }
`,
  );
});
