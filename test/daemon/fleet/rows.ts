import assert from 'node:assert/strict';
import { until } from '../../running/condition.ts';
import { type Fleet, type FleetNode, ports } from './fleet.ts';

/** Tells how long it took until something held. */
export type Clock = {
  /** What follows is caused now. */
  readonly start: () => void;
  readonly until: (what: string, holds: () => Promise<boolean>) => Promise<void>;
};

/** A row of the table of failures: it happens, is survived, and passes. */
export type Row = {
  readonly name: string;
  /** It is one of those that run every time. */
  readonly isSample: boolean;
  readonly run: (fleet: Fleet, nodes: Three, clock: Clock) => Promise<void>;
};

export type Three = readonly [FleetNode, FleetNode, FleetNode];

/** A source opens more than it may, and is blocked there. */
async function block(fleet: Fleet, node: FleetNode, source: string): Promise<void> {
  assert.equal(await fleet.open(source, [node], ports.guard, 2), 2, `${node.name} admits two of ${source}`);
  assert.equal(await fleet.open(source, [node], ports.guard, 1), 0, `${node.name} blocks ${source}`);
}

/** Also where the node hears nobody, and a source may hold but its part of the threshold. */
async function order(node: FleetNode, source: string): Promise<void> {
  await node.told(`diagnose policy period-blockip add guard ${source} 600`);
}

async function lift(node: FleetNode, source: string): Promise<void> {
  await node.told(`diagnose policy period-blockip delete guard ${source}`);
}

async function allBlock(nodes: readonly FleetNode[], ...sources: readonly string[]): Promise<boolean> {
  const wanted = [...sources].sort().join(' ');
  for (const node of nodes) if ((await node.blocked()).join(' ') !== wanted) return false;
  return true;
}

async function isLost(node: FleetNode): Promise<boolean> {
  return (await node.status()).state === 'unreachable';
}

async function areAllLost(nodes: readonly FleetNode[]): Promise<boolean> {
  for (const node of nodes) if (!(await isLost(node))) return false;
  return true;
}

async function haveLeft(nodes: readonly FleetNode[], gone: FleetNode): Promise<boolean> {
  for (const node of nodes) if ((await node.status()).peers.includes(gone.name)) return false;
  return true;
}

/** Whatever the store does, connections are admitted and refused. */
async function serves(fleet: Fleet, nodes: readonly FleetNode[], blocked: string): Promise<void> {
  const good = fleet.newSource();
  assert.equal(await fleet.open(good, nodes, ports.web, 1), nodes.length, 'a new source is admitted');
  assert.equal(await fleet.open(blocked, nodes, ports.guard, 1), 0, 'a blocked one is refused');
}

export const rows: readonly Row[] = [
  {
    name: 'a node is killed, and comes again',
    isSample: false,
    async run(fleet, [one, two, three], clock) {
      const [kept, lifted, late] = [fleet.newSource(), fleet.newSource(), fleet.newSource()];
      clock.start();
      await block(fleet, one, kept);
      await block(fleet, one, lifted);
      await clock.until('blocks are everywhere', () => allBlock(fleet.nodes, kept, lifted));
      clock.start();
      await one.end();
      await clock.until('it is missed', () => haveLeft([two, three], one));
      await lift(two, lifted);
      await block(fleet, three, late);
      clock.start();
      await one.start();
      await clock.until('it knows what has happened', () => allBlock(fleet.nodes, kept, late));
      for (const source of [kept, late]) await lift(one, source);
    },
  },
  {
    name: 'the store is killed, and comes again empty',
    isSample: false,
    async run(fleet, nodes, clock) {
      const [before, during] = [fleet.newSource(), fleet.newSource()];
      clock.start();
      await block(fleet, nodes[0], before);
      await clock.until('blocks are everywhere', () => allBlock(nodes, before));
      const records = Number(fleet.store.ask('hlen', 'levee:blocks'));
      clock.start();
      fleet.store.kill('SIGKILL');
      await clock.until('it is missed', () => areAllLost(nodes));
      await serves(fleet, nodes, before);
      await order(nodes[1], during);
      clock.start();
      await fleet.store.start();
      await clock.until('what was blocked meanwhile is blocked everywhere', () =>
        allBlock(nodes, before, during),
      );
      const hasAll = async (): Promise<boolean> =>
        Number(fleet.store.ask('hlen', 'levee:blocks')) === records + 1;
      await clock.until('the store has all again', hasAll);
      for (const source of [before, during]) await lift(nodes[2], source);
    },
  },
  {
    name: 'the store stands still',
    isSample: false,
    async run(fleet, nodes, clock) {
      const source = fleet.newSource();
      clock.start();
      await block(fleet, nodes[0], source);
      await clock.until('blocks are everywhere', () => allBlock(nodes, source));
      clock.start();
      fleet.store.kill('SIGSTOP');
      await clock.until('it is missed', () => areAllLost(nodes));
      await serves(fleet, nodes, source);
      await lift(nodes[1], source);
      clock.start();
      fleet.store.kill('SIGCONT');
      await clock.until('what was lifted meanwhile is lifted everywhere', () => allBlock(nodes));
    },
  },
  {
    name: 'a node stands still',
    isSample: false,
    async run(fleet, [one, two, three], clock) {
      const source = fleet.newSource();
      clock.start();
      one.signal('SIGSTOP');
      await clock.until('it is missed', () => haveLeft([two, three], one));
      await block(fleet, two, source);
      clock.start();
      one.signal('SIGCONT');
      await clock.until('it knows what has happened', () => allBlock(fleet.nodes, source));
      await lift(one, source);
    },
  },
  {
    name: 'the main thread of a node stands still',
    isSample: false,
    async run(fleet, [one, two, three], clock) {
      const [before, there] = [fleet.newSource(), fleet.newSource()];
      await block(fleet, one, before);
      await clock.until('blocks are everywhere', () => allBlock(fleet.nodes, before));
      clock.start();
      const goOn = await one.stall();
      await clock.until('it is missed', () => haveLeft([two, three], one));
      await serves(fleet, [one], before);
      await block(fleet, two, there);
      clock.start();
      await goOn();
      await clock.until('it knows what has happened', () => allBlock(fleet.nodes, before, there));
      for (const source of [before, there]) await lift(three, source);
    },
  },
  {
    name: 'a node is cut off from the store',
    isSample: false,
    async run(fleet, [one, two, three], clock) {
      const [here, there] = [fleet.newSource(), fleet.newSource()];
      clock.start();
      one.cutOff();
      await clock.until('it knows', () => isLost(one));
      await clock.until('it is missed', () => haveLeft([two, three], one));
      await order(one, here);
      await block(fleet, two, there);
      await serves(fleet, [one], here);
      clock.start();
      one.join();
      await clock.until('each knows what has happened', () => allBlock(fleet.nodes, here, there));
      for (const source of [here, there]) await lift(one, source);
    },
  },
  {
    name: 'two nodes have one name',
    isSample: false,
    async run(fleet, [one, , three], clock) {
      clock.start();
      await three.configure(`config system cluster\nset node-name ${one.name}\nend\n`);
      await clock.until('it takes no part', async () => (await three.status()).state === 'named-twice');
      assert.equal((await one.status()).state, 'connected');
      const source = fleet.newSource();
      await block(fleet, one, source);
      assert.equal(await fleet.open(source, [three], ports.guard, 1), 1);
      clock.start();
      await three.configure(`config system cluster\nset node-name ${three.name}\nend\n`);
      await clock.until('it knows what has happened', () => allBlock(fleet.nodes, source));
      await lift(three, source);
    },
  },
];

/** As it was before a row, so that the next one finds it so. */
export async function settle(fleet: Fleet): Promise<void> {
  await until('nobody is blocked', () => allBlock(fleet.nodes));
  await until('all know each other', () => fleet.isWhole());
}
