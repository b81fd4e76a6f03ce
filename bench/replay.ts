import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replayCapture } from '../src/commands/replay/replay-capture.ts';
import { encodePlan } from '../src/replay/plan.ts';
import { CaptureBuilder, guarded, planFor, serverEnd } from '../test/replay/captures.ts';
import type { Benchmark, Setting } from './benchmark.ts';
import { median } from './measuring/statistics.ts';
import { formatTable, number, ratio } from './measuring/table.ts';

const packetsEach = 8;

/** Short connections of many sources, 5,000 of them open at a time. */
function capture(connections: number): Uint8Array {
  const built = new CaptureBuilder();
  for (let index = 0; index < connections; index++) {
    const address = `10.${(index >> 8) & 63}.${index & 255}.1`;
    const connection = built.open(index, { address, port: 1024 + (index % 60_000) }, serverEnd);
    connection.say(index + 1, 200);
    connection.reply(index + 2, 1000);
    connection.close(index + 5000);
  }
  return built.bytes;
}

/** Seconds, the median of some times. */
async function seconds(times: number, measured: () => Promise<void> | void): Promise<number> {
  const values: number[] = [];
  for (let time = 0; time < times; time++) {
    const started = performance.now();
    await measured();
    values.push((performance.now() - started) / 1000);
  }
  return median(values);
}

async function run({ quick, directory, print }: Setting): Promise<void> {
  const connections = quick ? 2000 : 60_000;
  const file = join(directory, 'capture.pcap');
  writeFileSync(file, capture(connections));
  const plan = encodePlan({ ...planFor(guarded({ threshold: 3 })), sourcesTableSize: 262_144 });
  const stricter = encodePlan({ ...planFor(guarded({ threshold: 1 })), sourcesTableSize: 262_144 });
  const order = {
    capture: file,
    plan,
    policy: null,
    port: null,
    advise: false,
    wanted: 'outermost tcp' as const,
    plot: null,
    candidateFile: null,
  };
  const replay = async (candidate: string | null): Promise<void> => {
    await replayCapture({ ...order, candidate }, undefined, new AbortController().signal);
  };
  const tshark = (): void => {
    const { error, status } = spawnSync('tshark', ['-q', '-n', '-r', file, '-z', 'conv,tcp'], {
      stdio: 'ignore',
    });
    if (error !== undefined || status !== 0) throw new Error('tshark is not to be had', { cause: error });
  };
  await replay(null);
  const times = quick ? 1 : 5;
  const peer = await seconds(times, tshark);
  const rows = [
    ['tshark -z conv,tcp', peer],
    ['replay', await seconds(times, () => replay(null))],
    ['replay with a candidate', await seconds(times, () => replay(stricter))],
  ] as const;
  print(
    formatTable(
      ['', 'connections/s', 'packets/s', 'to tshark'],
      rows.map(([name, taken]) => [
        name,
        number(connections / taken),
        number((connections * packetsEach) / taken),
        ratio(peer, taken),
      ]),
    ),
  );
}

export default { title: 'connections of a capture judged per second', run } satisfies Benchmark;
