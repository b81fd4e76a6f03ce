import assert from 'node:assert/strict';
import { until } from '../../running/condition.ts';
import { type Fleet, type FleetNode, limit, ports } from './fleet.ts';
import type { Row } from './rows.ts';

/** Of `web`: what `blind-allowance` is by itself, the most that three nodes admit, and the part of one that nobody hears. */
const allowance = 8;
const bound = limit + 2 * allowance;
const part = Math.floor(limit / 3);
const mostRounds = 5;
/** More than anybody may hold. */
const flood = 2 * bound;

function open(fleet: Fleet, source: string, nodes: readonly FleetNode[], each: number): Promise<number> {
  return fleet.open(source, nodes, ports.web, each);
}

async function share(nodes: readonly FleetNode[], others: number): Promise<boolean> {
  for (const node of nodes) if ((await node.status()).sharesWith !== others) return false;
  return true;
}

/**
 * What comes of something while all nodes hear each other. On a machine that is too busy one of them may not, and hold
 * sources to its part for a while: then it is done once more.
 */
async function undisturbed<T>(
  nodes: readonly FleetNode[],
  others: number,
  act: () => Promise<T>,
): Promise<T> {
  for (let round = 0; ; round++) {
    await until('they hear each other', () => share(nodes, others));
    const outcome = await act();
    if (round === mostRounds || (await share(nodes, others))) return outcome;
  }
}

/** A source holds its whole threshold at a node, and the others know. */
async function fill(
  fleet: Fleet,
  source: string,
  node: FleetNode,
  others: readonly FleetNode[],
): Promise<void> {
  const isFull = async (): Promise<boolean> => {
    await open(fleet, source, [node], 1);
    return (await fleet.held(source)) === limit;
  };
  await until('it holds its threshold', isFull);
  for (const other of others)
    await until(`${other.name} knows`, async () => {
      const sources = await other.asked<readonly { readonly remote: number }[]>('diagnose cluster sources');
      return sources.some(({ remote }) => remote === limit);
    });
  const more = await undisturbed([node, ...others], others.length, () => open(fleet, source, others, 1));
  assert.equal(more, 0, 'it holds its threshold, and everybody knows');
}

async function closeAll(fleet: Fleet, source: string): Promise<void> {
  for (const node of fleet.nodes) await fleet.close(source, node, ports.web);
}

export const countRows: readonly Row[] = [
  {
    name: 'a flood over all nodes',
    isSample: true,
    async run(fleet, nodes) {
      const source = fleet.newSource();
      for (const node of nodes) {
        const bursts = await undisturbed(nodes, 2, async () => {
          const good = nodes.map(() => fleet.newSource());
          const [, ...admitted] = await Promise.all([
            open(fleet, source, nodes, flood),
            ...good.map((one, index) => open(fleet, one, nodes.slice(index, index + 1), 6)),
          ]);
          for (const one of good) await closeAll(fleet, one);
          return admitted;
        });
        assert.deepEqual(bursts, [6, 6, 6], 'bursts of six are admitted');
        await fleet.close(source, node, ports.web);
      }
      await until('it gets its threshold', async () => {
        await open(fleet, source, nodes, flood);
        return (await fleet.held(source)) >= limit;
      });
      const most = await fleet.most(source);
      assert.ok(most <= bound, `it held ${most}, and may hold ${bound}`);
      await closeAll(fleet, source);
    },
  },
  {
    name: 'a node is killed that held all that a source may',
    isSample: false,
    async run(fleet, [one, two, three], clock) {
      const source = fleet.newSource();
      await fill(fleet, source, one, [two, three]);
      clock.start();
      await one.end();
      await clock.until('its places are free', async () => (await open(fleet, source, [two], 1)) === 1);
      assert.equal((await two.status()).sharesWith, 1, 'not before its lease has ended');
      await one.start();
      await closeAll(fleet, source);
    },
  },
  {
    name: 'the store is killed under a flood',
    isSample: false,
    async run(fleet, nodes, clock) {
      const source = fleet.newSource();
      clock.start();
      fleet.store.kill('SIGKILL');
      await clock.until('all know that they are by themselves', () => share(nodes, 0));
      assert.equal(await open(fleet, source, nodes, flood), 3 * part, 'each admits its part');
      clock.start();
      await fleet.store.start();
      await clock.until('counts are shared again', () => share(nodes, 2));
      await until('it gets its threshold', async () => {
        await open(fleet, source, nodes, 1);
        return (await fleet.held(source)) >= limit;
      });
      assert.ok((await fleet.most(source)) <= bound);
      await closeAll(fleet, source);
    },
  },
  {
    name: 'a node is cut off under a flood',
    isSample: false,
    async run(fleet, [one, two, three], clock) {
      const source = fleet.newSource();
      clock.start();
      one.cutOff();
      await clock.until('it knows that it is by itself', () => share([one], 0));
      await clock.until('the others go on without it', () => share([two, three], 1));
      assert.equal(await open(fleet, source, [one], flood), part, 'it admits its part');
      await until('the others admit the threshold', async () => {
        await open(fleet, source, [two, three], flood);
        return (await fleet.held(source)) >= part + limit;
      });
      assert.ok((await fleet.most(source)) <= part + limit + allowance);
      clock.start();
      one.join();
      await clock.until('counts are shared again', () => fleet.isWhole());
      const all = [one, two, three];
      const more = await undisturbed(all, 2, () => open(fleet, source, all, 1));
      assert.equal(more, 0, 'each knows of the others');
      await closeAll(fleet, source);
    },
  },
  {
    name: 'a node stands still that held all that a source may',
    isSample: false,
    async run(fleet, [one, two, three], clock) {
      const source = fleet.newSource();
      await fill(fleet, source, one, [two, three]);
      clock.start();
      one.signal('SIGSTOP');
      await clock.until('its places are free', async () => (await open(fleet, source, [two], 1)) === 1);
      assert.equal((await two.status()).sharesWith, 1, 'not before its lease has ended');
      clock.start();
      one.signal('SIGCONT');
      assert.equal(
        await open(fleet, source, [one], flood),
        0,
        'it is full, and nothing that it heard counts',
      );
      await clock.until('counts are shared again', () => fleet.isWhole());
      const all = [one, two, three];
      const more = await undisturbed(all, 2, () => open(fleet, source, all, 1));
      assert.equal(more, 0, 'each knows of the others');
      await closeAll(fleet, source);
    },
  },
  {
    name: 'the main thread of a node stands still under a flood',
    isSample: false,
    async run(fleet, [one, two, three], clock) {
      clock.start();
      const goOn = await one.stall();
      await clock.until('the others go on without it', () => share([two, three], 1));
      const source = fleet.newSource();
      assert.equal(await open(fleet, source, [one], flood), part, 'its workers know, and admit its part');
      clock.start();
      await goOn();
      await clock.until('counts are shared again', () => fleet.isWhole());
      await closeAll(fleet, source);
    },
  },
];
