import { setTimeout } from 'node:timers/promises';
import type { Generator } from '../load/generator.ts';
import type { Flooded } from '../load/orders.ts';
import type { RunningProxy } from '../peers/proxy.ts';
import type { Sample } from './comparison.ts';
import { processorTime, residentMemory } from './machine.ts';
import { quantile } from './statistics.ts';

const outstanding = 64;
/** Connections that are held before memory is measured, so that code and first tables do not count. */
const warming = 100;
const attempting = 128;
const visiting = 32;

function totalOf({ processes }: RunningProxy, measure: (pid: number) => number): number {
  return processes().reduce((sum, pid) => sum + measure(pid), 0);
}

type Spent<Result> = { readonly result: Result; readonly time: number };

/** How much processor time, in seconds, a proxy spends meanwhile. */
async function spending<Result>(
  proxy: RunningProxy,
  meanwhile: () => Promise<Result>,
): Promise<Spent<Result>> {
  const before = totalOf(proxy, processorTime);
  const result = await meanwhile();
  return { result, time: totalOf(proxy, processorTime) - before };
}

function rightOf({ endings }: Flooded, isRefused: boolean): number {
  return isRefused ? endings.refused + endings.reset + endings.ended : endings.echoed;
}

/**
 * Microseconds of processor time for a connection. `exchange`: a byte there and back, and the server ends it. `reset`: the
 * client does, with a RST.
 */
export async function costOf(
  generator: Generator,
  proxy: RunningProxy,
  port: number,
  purpose: 'exchange' | 'reset' | 'be-refused',
  seconds: number,
): Promise<Sample> {
  const order = { type: 'flood', port, outstanding: outstanding, seconds, purpose } as const;
  const { result, time } = await spending(proxy, () => generator.perform(order));
  const right = rightOf(result, purpose === 'be-refused');
  const wrong = Object.values(result.endings).reduce((sum, count) => sum + count, 0) - right;
  const lost = wrong + result.unanswered;
  return {
    value: (time * 1e6) / right,
    busy: time / result.seconds,
    // Of some thousands, one that the generator did not understand says nothing.
    fault: lost > right / 1000 ? `${lost} went wrong` : '',
  };
}

/** Microseconds of processor time for a byte there and back, while so many of the connections that are held have one. */
export async function costOfRoundTrip(
  generator: Generator,
  proxy: RunningProxy,
  connections: number,
  seconds: number,
): Promise<Sample> {
  const order = { type: 'converse', connections, seconds } as const;
  const { result, time } = await spending(proxy, () => generator.perform(order));
  return { value: (time * 1e6) / result.roundTrips, busy: time / result.seconds, fault: '' };
}

export type BesideFlood = { readonly perSecond: Sample; readonly slowest: Sample };

/**
 * Good clients beside a flood of sources: how many of them per second, and the p99 of them.
 *
 * @param holds each of the sources first has the connection that it may have
 */
export async function besideFlood(
  generator: Generator,
  proxy: RunningProxy,
  sources: number,
  seconds: number,
  holds = true,
): Promise<BesideFlood> {
  const port = proxy.ports.guarded;
  const wanted = holds ? sources : 0;
  const { held } = await generator.perform({ type: 'hold', port, count: wanted, sources });
  const { result, time } = await spending(proxy, () =>
    generator.perform({
      type: 'beside',
      port,
      attackers: { sources, outstanding: attempting },
      outstanding: visiting,
      seconds,
    }),
  );
  await generator.perform({ type: 'release' });
  const faults = [
    held < wanted ? `${wanted - held} not held` : '',
    result.failed > result.good / 1000 ? `${result.failed} good ones lost` : '',
  ];
  const busy = time / result.seconds;
  const fault = faults.filter(Boolean).join(', ');
  return {
    perSecond: { value: result.good / result.seconds, busy, fault },
    slowest: { value: quantile([...result.latency], 0.99), busy, fault: '' },
  };
}

export type Bulk = { readonly cost: Sample; readonly throughput: Sample };

/** Seconds of processor time for a gigabyte, and gigabytes per second. */
export async function moving(
  generator: Generator,
  proxy: RunningProxy,
  port: number,
  directions: 'one' | 'both',
  megabytes: number,
): Promise<Bulk> {
  const connections = 4;
  const bytes = Math.ceil((megabytes * 1e6) / connections / (directions === 'both' ? 2 : 1));
  const order = { type: 'bulk', port, connections, bytes, directions } as const;
  const { result, time } = await spending(proxy, () => generator.perform(order));
  const all = bytes * connections * (directions === 'both' ? 2 : 1);
  const fault = result.bytes === all ? '' : `${all - result.bytes} bytes lost`;
  return {
    cost: { value: time / (result.bytes / 1e9), busy: Number.NaN, fault },
    throughput: { value: result.bytes / 1e9 / result.seconds, busy: time / result.seconds, fault: '' },
  };
}

/** KiB that a proxy which was just started grows by for each connection that it relays while nothing is sent. */
export async function memoryOf(generator: Generator, proxy: RunningProxy, count: number): Promise<Sample> {
  const port = proxy.ports.relay;
  await generator.perform({ type: 'hold', port, count: warming });
  // The pauses let a garbage collector settle.
  await setTimeout(500);
  const before = totalOf(proxy, residentMemory);
  const { held, failed } = await generator.perform({ type: 'hold', port, count });
  await setTimeout(500);
  const after = totalOf(proxy, residentMemory);
  await generator.perform({ type: 'release' });
  return {
    value: (after - before) / held,
    busy: Number.NaN,
    fault: failed > 0 ? `${failed} not held` : '',
  };
}
