import { setTimeout } from 'node:timers/promises';
import type { Generator } from '../load/generator.ts';
import type { Flooded } from '../load/orders.ts';
import type { Ports, RunningProxy } from '../peers/proxy.ts';
import { processorTime, residentMemory } from './machine.ts';
import { median } from './statistics.ts';

/** One kind of load on one proxy: the medians of some rounds. */
export type Rate = {
  readonly perSecond: number;
  /** Microseconds of processor time that the proxy spends on each; NaN without a proxy. */
  readonly cost: number;
  /** The part of the time (0 to 1) that it computes: well below 1 the load was the limit. NaN without a proxy. */
  readonly busy: number;
};

export type ProxyFigures = {
  readonly name: string;
  readonly refused: Rate;
  readonly relayed: Rate;
  /** KiB that the proxy grows by for each connection that it relays while nothing is sent; NaN without a proxy. */
  readonly memory: number;
  /** What went wrong, or ''. */
  readonly remarks: string;
};

export type Effort = { readonly rounds: number; readonly seconds: number; readonly idleConnections: number };

type Purpose = 'exchange' | 'be-refused';

const outstanding = 64;
/** Connections that are held before memory is measured, so that code and first tables do not count. */
const warming = 100;

const nobody = { processes: () => [] };

function totalOf(proxy: Pick<RunningProxy, 'processes'>, measure: (pid: number) => number): number {
  return proxy.processes().reduce((sum, pid) => sum + measure(pid), 0);
}

/** Floods one port, first to warm up. `count` says which endings are right; all others are remarked upon. */
async function measureRate(
  generator: Generator,
  proxy: Pick<RunningProxy, 'processes'>,
  port: number,
  purpose: Purpose,
  { rounds, seconds }: Effort,
  remark: (text: string) => void,
): Promise<Rate> {
  const rates: Rate[] = [];
  for (let round = -1; round < rounds; round++) {
    const before = totalOf(proxy, processorTime);
    const flooded = await generator.perform({
      type: 'flood',
      port,
      outstanding: outstanding,
      seconds: round < 0 ? Math.min(1, seconds) : seconds,
      purpose,
    });
    const time = totalOf(proxy, processorTime) - before;
    const right = rightEndings(flooded, purpose);
    const wrong = Object.values(flooded.endings).reduce((sum, count) => sum + count, 0) - right;
    if (wrong > 0) remark(`${wrong} ${purpose === 'exchange' ? 'lost' : 'not refused'}`);
    if (flooded.unanswered > 0) remark(`${flooded.unanswered} unanswered`);
    if (round < 0) continue;
    rates.push({
      perSecond: right / flooded.seconds,
      cost: (time * 1e6) / right,
      busy: time / flooded.seconds,
    });
  }
  const ofRates = (value: (rate: Rate) => number): number => median(rates.map(value));
  return {
    perSecond: ofRates((rate) => rate.perSecond),
    cost: ofRates((rate) => rate.cost),
    busy: ofRates((rate) => rate.busy),
  };
}

function rightEndings({ endings }: Flooded, purpose: Purpose): number {
  return purpose === 'exchange' ? endings.echoed : endings.refused + endings.reset + endings.ended;
}

/** The pauses let a garbage collector settle. */
async function measureMemory(
  generator: Generator,
  proxy: RunningProxy,
  port: number,
  count: number,
  remark: (text: string) => void,
): Promise<number> {
  await setTimeout(500);
  const before = totalOf(proxy, residentMemory);
  const { held, failed } = await generator.perform({ type: 'hold', port, count });
  if (failed > 0) remark(`${failed} not held`);
  await setTimeout(500);
  const after = totalOf(proxy, residentMemory);
  await generator.perform({ type: 'release' });
  return (after - before) / held;
}

export async function measureProxy(
  generator: Generator,
  proxy: RunningProxy,
  ports: Ports,
  effort: Effort,
): Promise<ProxyFigures> {
  const remarks: string[] = [];
  const remark = (text: string): void => void remarks.push(text);
  // Before any flood: what a flood leaves in a heap would take the idle connections in, and hide them.
  await measureMemory(generator, proxy, ports.relay, warming, remark);
  const memory = await measureMemory(generator, proxy, ports.relay, effort.idleConnections, remark);
  const relayed = await measureRate(generator, proxy, ports.relay, 'exchange', effort, remark);
  const { held } = await generator.perform({ type: 'hold', port: ports.guarded, count: 1 });
  if (held !== 1) throw new Error(`${proxy.name} does not admit the one connection that a source may hold`);
  const refused = await measureRate(generator, proxy, ports.guarded, 'be-refused', effort, remark);
  await generator.perform({ type: 'release' });
  return { name: proxy.name, refused, relayed, memory, remarks: remarks.join(', ') };
}

/** What client and backend do by themselves: connections to a closed port, and straight to the backend. */
export async function measureCeiling(
  generator: Generator,
  backendPort: number,
  closedPort: number,
  effort: Effort,
): Promise<ProxyFigures> {
  const remarks: string[] = [];
  const remark = (text: string): void => void remarks.push(text);
  const none = Number.NaN;
  const refused = await measureRate(generator, nobody, closedPort, 'be-refused', effort, remark);
  const relayed = await measureRate(generator, nobody, backendPort, 'exchange', effort, remark);
  return {
    name: 'no proxy: closed port / backend',
    refused: { ...refused, cost: none, busy: none },
    relayed: { ...relayed, cost: none, busy: none },
    memory: none,
    remarks: remarks.join(', '),
  };
}
