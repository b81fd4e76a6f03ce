import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atOnce } from '../../src/time/time-slice.ts';
import { topSources } from '../../src/verdict/upkeep/sources.ts';
import { Top } from '../../src/verdict/upkeep/top.ts';
import fc from '../property.ts';
import { words } from './addresses.ts';
import { limitWith, setUp } from './setting.ts';

describe('the highest of many', () => {
  it('are what a sort gives', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.array(fc.nat(30)), (count, ranks) => {
        const top = new Top<number>(count);
        for (const rank of ranks) if (top.takes(rank)) top.add(rank, rank);
        assert.deepEqual(top.inOrder(), [...ranks].sort((one, other) => other - one).slice(0, count));
      }),
    );
  });
});

describe('the top sources', () => {
  const limit = limitWith('alert_deny', { threshold: 4 });
  const address = (host: number) => words(`192.0.2.${host}`);
  const filled = () => {
    const setting = setUp();
    const { gate, open } = setting;
    // Host h holds h connections, 4 at most, is refused the rest, and the first 5 - h of them are silent.
    for (let host = 1; host <= 4; host++) {
      const held = open(limit, host * 2, 0, address(host)).filter((connection) => connection >= 0);
      for (const connection of held.slice(0, 5 - host)) gate.fellSilent(connection);
    }
    open({ ...limit, policy: 2, threshold: 0 }, 9, 0, address(9));
    return setting;
  };
  const hosts = (ranking: Parameters<typeof topSources>[2]): string[] => {
    const { sources, isComplete } = atOnce(topSources(filled().table, 0, ranking));
    assert.ok(isComplete);
    return sources.map(({ source }) => source.slice('192.0.2.'.length));
  };

  it('come in the order that is asked for, and no more of them', () => {
    assert.deepEqual(hosts({ by: 'open', count: 1 }), ['9']);
    assert.deepEqual(hosts({ by: 'refused', count: 2 }), ['4', '3']);
    assert.deepEqual(hosts({ by: 'silent', count: 1 }), ['2']);
    assert.equal(hosts({ by: 'open', count: 100 }).length, 5);
    assert.deepEqual(hosts({ by: 'open', count: 0 }), []);
  });

  it('are those of one policy', () => {
    assert.deepEqual(hosts({ by: 'open', count: 3, policy: 2 }), ['9']);
    assert.deepEqual(hosts({ by: 'refused', count: 1, policy: 1 }), ['4']);
  });

  it('say everything of each', () => {
    const [source] = atOnce(topSources(filled().table, 0, { by: 'refused', count: 1 })).sources;
    assert.equal(source?.open, 4);
    assert.equal(source.refused, 4);
    assert.equal(source.silent, 1);
    assert.equal(source.reason, 'connections');
  });
});
