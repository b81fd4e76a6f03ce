import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, Setting } from './benchmark.ts';
import { Generator } from './load/generator.ts';
import {
  type Effort,
  measureCeiling,
  measureProxy,
  type ProxyFigures,
  type Rate,
} from './measuring/proxy-figures.ts';
import { formatTable, number, ratio } from './measuring/table.ts';
import { startHAProxy } from './peers/haproxy.ts';
import { type LeveeOptions, startLevee } from './peers/levee.ts';
import { hasNginxStream, startNginx } from './peers/nginx.ts';
import { isInstalled } from './peers/process.ts';
import type { Ports, RunningProxy } from './peers/proxy.ts';

const ports: Ports = { relay: 28_081, guarded: 28_082, backend: 28_080 };
const closedPort = 28_089;

/** The proxy has processor 0 for itself, client and backend share processor 1. */
const apart = availableParallelism() > 1 && isInstalled('taskset');
const proxyProcessor = apart ? 0 : null;
const loadProcessor = apart ? 1 : null;

type Start = () => Promise<RunningProxy>;

function startOurs(directory: string, name: string, options: Pick<LeveeOptions, 'action' | 'engine'>): Start {
  return async () => {
    const all = { workers: 1, processor: proxyProcessor, ...options };
    return { ...(await startLevee(join(directory, name.replaceAll(' ', '-')), ports, all)), name };
  };
}

function peers({ directory, print }: Setting): Start[] {
  const starts: Start[] = [];
  if (isInstalled('haproxy')) starts.push(() => startHAProxy(directory, ports, proxyProcessor));
  else print('HAProxy is skipped: not installed (apt-get install haproxy)');
  if (hasNginxStream()) starts.push(() => startNginx(directory, ports, proxyProcessor));
  else print('nginx with TCP is skipped: not installed (apt-get install nginx libnginx-mod-stream)');
  return starts;
}

async function run(setting: Setting): Promise<void> {
  const { directory, print, quick } = setting;
  if (process.platform !== 'linux') {
    print('skipped: the load generator speaks epoll, which is in Linux only');
    return;
  }
  const effort: Effort = quick
    ? { rounds: 1, seconds: 0.5, idleConnections: 500 }
    : { rounds: 3, seconds: 2.5, idleConnections: 4000 };
  const starts = [
    startOurs(directory, 'Levee, alert_deny', { action: 'alert_deny' }),
    startOurs(directory, 'Levee, deny_no_log', { action: 'deny_no_log' }),
    startOurs(directory, 'Levee on node', { action: 'deny_no_log', engine: 'node' }),
    ...peers(setting),
  ];
  const generator = new Generator(ports.backend, loadProcessor);
  const figures: ProxyFigures[] = [];
  try {
    const ceiling = await measureCeiling(generator, ports.backend, closedPort, effort);
    for (const start of starts) {
      const proxy = await start();
      try {
        figures.push(await measureProxy(generator, proxy, ports, effort));
      } finally {
        await proxy.stop();
      }
    }
    print(report(ceiling, figures));
  } finally {
    await generator.end();
  }
}

function percent(part: number): string {
  return Number.isNaN(part) ? '-' : `${Math.round(part * 100)}%`;
}
function figure(value: number): string {
  return Number.isNaN(value) ? '-' : number(value);
}
function rate({ perSecond, cost, busy }: Rate): string[] {
  return [number(perSecond), figure(cost), percent(busy)];
}

function report(ceiling: ProxyFigures, figures: readonly ProxyFigures[]): string {
  const place = apart ? ', on a processor of its own; client and backend share the other' : '';
  const [, ours, ...others] = figures;
  const toPeers =
    ours === undefined
      ? []
      : others.map((peer) => [
          `${ours.name} to ${peer.name}`,
          ratio(ours.refused.perSecond, peer.refused.perSecond),
          ratio(ours.refused.cost, peer.refused.cost),
          ratio(ours.relayed.perSecond, peer.relayed.perSecond),
          ratio(ours.relayed.cost, peer.relayed.cost),
          ratio(ours.memory, peer.memory),
        ]);
  return [
    `One worker or thread each${place}. All count the connections of a source.`,
    '',
    formatTable(
      ['', 'refused/s', 'CPU us', 'busy', 'relayed/s', 'CPU us', 'busy', 'KiB/idle', 'remarks'],
      [ceiling, ...figures].map(({ name, refused, relayed, memory, remarks }) => [
        name,
        ...rate(refused),
        ...rate(relayed),
        figure(memory),
        remarks,
      ]),
    ),
    '',
    formatTable(['ratio', 'refused/s', 'its CPU', 'relayed/s', 'its CPU', 'memory'], toPeers),
  ].join('\n');
}

export default {
  title: 'refused and relayed connections, memory of idle ones',
  run,
} satisfies Benchmark;
