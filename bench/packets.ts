import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { CaptureReader } from '../src/packets/capture/capture-reader.ts';
import { readCapture } from '../src/packets/capture/files.ts';
import { ConnectionTable } from '../src/packets/connections/connection-table.ts';
import { KeptConnections } from '../src/packets/connections/kept-connections.ts';
import { Packet } from '../src/packets/packet.ts';
import { Conversation } from '../src/packets/streams/conversation.ts';
import { MemoryBudget } from '../src/packets/streams/memory-budget.ts';
import type { Benchmark, Setting } from './benchmark.ts';
import { writeCapture } from './load/capture.ts';
import { ruleText, runRules } from './load/packet-rules.ts';
import { median } from './measuring/statistics.ts';
import { formatTable, number, ratio } from './measuring/table.ts';

type Work = (path: string) => Promise<number>;

/** Calls `use` with every packet of the file and says how many there were. */
async function eachPacket(path: string, use: (packet: Packet) => void): Promise<number> {
  const reader = new CaptureReader();
  let count = 0;
  for await (const records of readCapture(path, reader)) {
    for (const record of records) use(new Packet(record));
    count += records.length;
  }
  if (reader.problem !== undefined) throw new Error(reader.problem.message);
  return count;
}

const decoded: Work = (path) => eachPacket(path, (packet) => void packet.tcp);

const tracked: Work = async (path) => {
  let established = 0;
  const table = new ConnectionTable(new KeptConnections(), { onEstablished: () => established++ });
  const count = await eachPacket(path, (packet) => {
    const { tcp } = packet;
    if (tcp !== undefined) table.track(packet, tcp);
  });
  table.end();
  if (established === 0) throw new Error('no connection was found');
  return count;
};

/** What a rule engine does without rules: every segment through its stream, numbers looked after. */
const streamed: Work = async (path) => {
  const budget = new MemoryBudget();
  const table = new ConnectionTable(new KeptConnections<Conversation>(), {
    onEnded: (connection) => connection.data?.end(),
  });
  let left = 0;
  const count = await eachPacket(path, (packet) => {
    const { tcp } = packet;
    const connection = tcp === undefined ? undefined : table.track(packet, tcp);
    if (tcp === undefined || connection === undefined) return;
    connection.data ??= new Conversation(budget);
    const isFromClient = connection.isFromClient(packet);
    connection.data.push(packet, tcp, isFromClient);
    while (connection.data.pop(isFromClient) !== undefined) left++;
  });
  table.end();
  if (left !== count) throw new Error(`of ${count} packets ${left} came out`);
  return count;
};

async function measure(work: Work, path: string, times: number): Promise<number> {
  const rates: number[] = [];
  for (let time = 0; time < times; time++) {
    const started = performance.now();
    const count = await work(path);
    rates.push(count / ((performance.now() - started) / 1000));
  }
  return median(rates);
}

/** Packets per second of tshark, which prints nothing of them; NaN where it is not installed. */
function tshark(path: string, count: number, times: number, ...options: readonly string[]): number {
  const rates: number[] = [];
  for (let time = 0; time < times; time++) {
    const started = performance.now();
    const { status } = spawnSync('tshark', ['-q', '-n', '-r', path, ...options], { stdio: 'ignore' });
    if (status !== 0) return Number.NaN;
    rates.push(count / ((performance.now() - started) / 1000));
  }
  return median(rates);
}

async function ruled(path: string, times: number): Promise<(readonly [string, number])[]> {
  const rows: (readonly [string, number])[] = [];
  for (const [name, rules] of Object.entries(ruleText)) {
    rows.push([`hakapcap with ${name}`, await measure((capture) => runRules(rules, capture), path, times)]);
  }
  return rows;
}

async function run({ quick, directory, print }: Setting): Promise<void> {
  const path = join(directory, 'capture.pcap');
  const count = await writeCapture(path, quick ? 500 : 20_000);
  print(`${number(count)} packets, ${number(statSync(path).size / 2 ** 20)} MiB.\n`);
  const times = quick ? 1 : 5;
  const reading = tshark(path, count, times);
  const following = tshark(path, count, quick ? 1 : 2, '-z', 'conv,tcp');
  const filtering = tshark(path, count, quick ? 1 : 2, '-Y', 'http');
  const rows: (readonly [string, number])[] = [
    ['read and decoded', await measure(decoded, path, times)],
    ['read, decoded, tracked', await measure(tracked, path, times)],
    ['all that and through the streams', await measure(streamed, path, times)],
    ...(await ruled(path, times)),
    ['tshark -q (reads, and decodes nothing)', reading],
    ['tshark -q -z conv,tcp (decodes and follows)', following],
    ['tshark -Y http (decodes HTTP)', filtering],
  ];
  print(
    formatTable(
      ['', 'packets/s', 'to tshark -q', 'to conv,tcp', 'to -Y http'],
      rows.map(([name, rate]) => [
        name,
        Number.isNaN(rate) ? 'not installed' : number(rate),
        ...[reading, following, filtering].map((peer) => (Number.isNaN(peer) ? '-' : ratio(rate, peer))),
      ]),
    ),
  );
}

const benchmark: Benchmark = { title: 'a capture read, decoded, followed, and run through rules', run };
export default benchmark;
