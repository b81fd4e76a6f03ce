import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { EngineName } from '../src/policy/enforcer-settings.ts';
import type { EnforcerReport } from '../src/system/reports/running.ts';
import type { SourceReport } from '../src/system/reports/source.ts';
import type { Benchmark, Setting } from './benchmark.ts';
import { Generator } from './load/generator.ts';
import type { FloodOrder } from './load/orders.ts';
import { residentMemory } from './measuring/machine.ts';
import { formatTable, number } from './measuring/table.ts';
import { FlappingMember } from './peers/flapping-member.ts';
import { leveeProgram } from './peers/levee.ts';
import { leveeConfiguration } from './peers/levee-configuration.ts';
import { startProgram, stopProgram, untilListening } from './peers/process.ts';

const ports = {
  relay: 28_093,
  guarded: 28_094,
  blocking: 28_095,
  backend: 28_096,
  flapping: 28_097,
} as const;
const run = promisify(execFile);

/** What is left when all clients are gone. */
type Rest = {
  readonly open: number;
  readonly connections: number;
  readonly descriptorsCounted: number;
  /** As the system counts those of the process. */
  readonly descriptors: number;
  /** KiB. */
  readonly memory: number;
  readonly refused: number;
};

class Soak {
  readonly #state: string;
  readonly #pid: number;

  constructor(state: string, pid: number) {
    this.#state = state;
    this.#pid = pid;
  }

  async reload(number: number): Promise<void> {
    // Of the policies that carry the load, and of something that concerns none of them.
    const commands = [
      'config waf layer4-connection-flood-check-rule',
      'edit relay',
      `set layer4-connection-threshold ${60_000 + (number % 100)}`,
      'next',
      'edit unrelated',
      `set layer4-connection-threshold ${number % 100}`,
      'next',
      'end',
    ];
    await this.#levee(...commands);
  }

  /** Waits until the last connection is gone, or gives up. */
  async rest(): Promise<Rest> {
    const deadline = performance.now() + 10_000;
    for (;;) {
      const enforcer: EnforcerReport = JSON.parse(await this.#levee('diagnose system enforcer | json'));
      const sources: SourceReport[] = JSON.parse(
        await this.#levee('diagnose policy source list top 10000 | json'),
      );
      const open = sources.reduce((sum, source) => sum + source.open, 0);
      if ((enforcer.connections > 0 || open > 0) && performance.now() < deadline) {
        await setTimeout(100);
        continue;
      }
      return {
        open,
        connections: enforcer.connections,
        descriptorsCounted: enforcer.descriptors.used,
        descriptors: readdirSync(`/proc/${this.#pid}/fd`).length,
        memory: residentMemory(this.#pid),
        refused: enforcer.refused,
      };
    }
  }

  async #levee(...commands: readonly string[]): Promise<string> {
    const words = commands.flatMap((command) => ['-c', command]);
    const { stdout } = await run(leveeProgram, ['--state', this.#state, ...words]);
    return stdout;
  }
}

/** One round of everything that clients do, in about so many seconds. */
async function traffic(generator: Generator, seconds: number): Promise<void> {
  const flood = (port: number, purpose: FloodOrder['purpose'], part: number): Promise<unknown> =>
    generator.perform({ type: 'flood', port, outstanding: 64, seconds: seconds * part, purpose });
  await flood(ports.relay, 'exchange', 0.3);
  await generator.perform({ type: 'hold', port: ports.relay, count: 300 });
  await flood(ports.relay, 'reset', 0.2);
  await generator.perform({ type: 'hold', port: ports.guarded, count: 1 });
  await flood(ports.guarded, 'be-refused', 0.3);
  await generator.perform({ type: 'hold', port: ports.blocking, count: 8 });
  await flood(ports.blocking, 'be-refused', 0.1);
  await generator.perform({ type: 'release' });
}

async function soak({ quick, directory, print }: Setting): Promise<void> {
  if (process.platform !== 'linux') {
    print('skipped: the load generator speaks epoll, which is in Linux only');
    return;
  }
  print(
    'Floods, holds, resets, blocks; a commit every second; a member that is gone every other 2 s. What is left when',
  );
  print('the clients are gone:');
  const generator = new Generator(ports.backend, null);
  for (const engine of ['epoll', 'node'] as const)
    print(await soakOn(engine, generator, join(directory, engine), quick));
  await generator.end();
}

async function soakOn(
  engine: EngineName,
  generator: Generator,
  state: string,
  quick: boolean,
): Promise<string> {
  const minutes = quick ? 2 : 5;
  const minute = quick ? 6_000 : 60_000;
  const file = `${state}.conf`;
  const policies = [
    { name: 'relay', port: ports.relay, threshold: 60_000, action: 'alert_deny' },
    { name: 'guarded', port: ports.guarded, threshold: 1, action: 'alert_deny' },
    { name: 'blocking', port: ports.blocking, threshold: 5, action: 'block-period' },
  ];
  const two = policies.map(({ name }) => secondMember(name)).join('');
  writeFileSync(file, `${leveeConfiguration(policies, ports.backend, 2, engine)}${two}${shortBlocks}`);
  await run(leveeProgram, ['--state', state, 'import', file]);
  const child = startProgram([leveeProgram, '--state', state, 'daemon'], null);
  await untilListening(ports.guarded, child);
  if (child.pid === undefined) throw new Error('a process without a number');
  const levee = new Soak(state, child.pid);
  const flapping = new FlappingMember(ports.flapping, 2000);

  const rests: Rest[] = [await levee.rest()];
  let reloads = 0;
  let isOver = false;
  const reloading = (async () => {
    while (!isOver) {
      await levee.reload(++reloads);
      await setTimeout(1000);
    }
  })();
  for (let index = 0; index < minutes; index++) {
    const end = performance.now() + minute;
    while (performance.now() < end) await traffic(generator, Math.min(10, minute / 2000));
    rests.push(await levee.rest());
  }
  isOver = true;
  await reloading;
  flapping.end();
  const last = await levee.rest();
  await stopProgram(child);
  return report(engine, [...rests.slice(0, -1), last], reloads, countedInLog(join(state, 'log')));
}

function secondMember(policy: string): string {
  return `config server-policy server-pool
  edit "${policy} servers"
    set server-balance enable
    config pserver-list
      edit 2
        set ip 127.0.0.1
        set port ${ports.flapping}
      next
    end
  next
end
`;
}

const shortBlocks = `config waf layer4-connection-flood-check-rule
  edit "blocking limit"
    set block-period 1
  next
end
`;

/** Violations by the lines of the attack log, and how many lines say it. */
function countedInLog(folder: string): { readonly lines: number; readonly violations: number } {
  const lines = readdirSync(folder)
    .filter((name) => name.startsWith('attack.log'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1));
  const violations = lines.reduce((sum, line) => sum + Number(/ count=(\d+)/.exec(line)?.[1] ?? 0), 0);
  return { lines: lines.length, violations };
}

function report(
  engine: EngineName,
  rests: readonly Rest[],
  reloads: number,
  log: { readonly lines: number; readonly violations: number },
): string {
  const rows = rests.map((rest, index) => [
    index === 0 ? 'before' : `after minute ${index}`,
    number(rest.open),
    number(rest.connections),
    number(rest.descriptorsCounted),
    number(rest.descriptors),
    number(rest.memory / 1024),
    number(rest.refused),
  ]);
  const refused = rests.at(-1)?.refused ?? 0;
  return [
    '',
    formatTable(
      [
        `engine ${engine}`,
        'open counts',
        'connections',
        'descriptors counted',
        'of the process',
        'memory, MiB',
        'refused so far',
      ],
      rows,
    ),
    '',
    `${number(reloads)} commits. ${number(log.lines)} lines in the attack log stand for ${number(log.violations)} violations; refused: ${number(refused)}.`,
  ].join('\n');
}

export default {
  title:
    'ten minutes of mixed traffic, five on each engine: no count, no descriptor and no memory is left behind',
  isLong: true,
  run: soak,
} satisfies Benchmark;
