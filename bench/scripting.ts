import type { ConnectionPort } from '../src/enforcer/hooks/connection-port.ts';
import { LuaInstancePool } from '../src/scripting/runner/instance-pool.ts';
import { mostStates } from '../src/scripting/runner/limits.ts';
import { ScriptRunner } from '../src/scripting/runner/script-runner.ts';
import { TimeShare } from '../src/scripting/runner/time-share.ts';
import { createScriptMemory } from '../src/scripting/shared/layout.ts';
import type { Benchmark, Setting } from './benchmark.ts';
import { median } from './measuring/statistics.ts';
import { formatTable, ratio } from './measuring/table.ts';
import { wasmoonHandler } from './peers/wasmoon.ts';

const address = '192.0.2.7';

/** Each with what comes nearest to it without commands, for wasmoon alone. */
const handlers: readonly { name: string; script: string; peer: string }[] = [
  { name: 'empty', script: 'when TCP_ACCEPTED {}', peer: '' },
  {
    name: 'client_addr and a global',
    script: 'when TCP_ACCEPTED { last = IP:client_addr() }',
    peer: 'last = address',
  },
  {
    name: 'a pattern',
    script: 'when TCP_ACCEPTED { net = IP:client_addr():match("^(%d+)%.") }',
    peer: 'net = address:match("^(%d+)%.")',
  },
  {
    name: 'a limiter by TCP:count',
    script: 'when TCP_ACCEPTED { if TCP:count() > 10 then TCP:reject() end }',
    peer: 'if #address > 10 then end',
  },
  {
    name: 'a limiter by an atomic counter',
    script: `when TCP_ACCEPTED {
        local source = IP:client_addr()
        PROXY:atomic_counter_create(source)
        if PROXY:atomic_counter_inc(source) > 10 then TCP:reject() end
      }
      when TCP_CLOSED { PROXY:atomic_counter_sub(IP:client_addr(), 1) }`,
    peer: 'held = held or {} held[address] = (held[address] or 0) + 1 held[address] = held[address] - 1',
  },
  { name: 'an endless loop, stopped', script: 'when TCP_ACCEPTED { while true do end }', peer: '' },
];

const port: ConnectionPort = {
  client: { address, port: 40_112 },
  member: null,
  ends: () => null,
  awaitWithin: () => undefined,
  finish: () => undefined,
  setSourceAddress: () => true,
  clearSourceAddress: () => true,
  getOption: () => null,
  setOption: () => null,
  tcpOption: () => null,
  count: () => 1,
  block: () => true,
  send: () => true,
  pools: () => [],
  pool: () => '',
  choosePool: () => false,
  chooseMember: () => false,
  chooseMemberAt: () => false,
  assignMember: () => '',
};

/** Microseconds of one call, the middle of some rounds after one that does not count. */
function measure(call: () => void, calls: number): number {
  const times = Array.from({ length: 6 }, () => {
    const started = performance.now();
    for (let index = 0; index < calls; index++) call();
    return ((performance.now() - started) * 1000) / calls;
  });
  return median(times.slice(1));
}

/** Never calls back. */
const timers = { after: () => ({ stop: () => undefined }) };

function runnerOf(script: string): ScriptRunner {
  let connections = 0;
  return new ScriptRunner([{ name: 'bench', text: script }], {
    instances: new LuaInstancePool(mostStates),
    worker: 1,
    now: () => performance.now(),
    wallClock: () => Date.now(),
    timers,
    share: new TimeShare({ now: () => performance.now(), timers, rests: () => undefined }),
    nextConnectionId: () => ++connections,
    memory: createScriptMemory(),
    report: () => undefined,
    limits: {
      event: { instructions: 100_000, milliseconds: 10 },
      start: { instructions: 2_000_000, milliseconds: 200 },
      memory: 8 * 1024 * 1024,
      failuresInARow: Number.POSITIVE_INFINITY,
      overrunsInAMinute: Number.POSITIVE_INFINITY,
      linesInASecond: 100,
    },
  });
}

async function run({ quick, print }: Setting): Promise<void> {
  const rows: string[][] = [];
  for (const { name, script, peer } of handlers) {
    const isEndless = script.includes('while true');
    const calls = (quick ? 1000 : 100_000) / (isEndless ? 1000 : 1);
    const runner = runnerOf(script);
    const ours = measure(() => {
      const connection = runner.open(port);
      runner.fire('TCP_ACCEPTED', connection);
      runner.close(connection);
    }, calls);
    const handler = isEndless ? null : await wasmoonHandler(peer);
    const theirs = handler === null ? null : measure(() => handler(address), calls);
    const compared = theirs === null ? ['', ''] : [theirs.toFixed(2), ratio(ours, theirs)];
    rows.push([name, ours.toFixed(2), ...compared]);
  }
  print('Microseconds for one connection: its opening, TCP_ACCEPTED and its end.\n');
  print(formatTable(['TCP_ACCEPTED', 'Levee', "wasmoon's own call", 'ratio'], rows));
}

export default { title: 'what a script costs each connection', run } satisfies Benchmark;
