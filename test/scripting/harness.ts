import type { Timer } from '../../src/enforcer/engine/engine.ts';
import type { Address, ConnectionPort, Ends } from '../../src/enforcer/hooks/connection-port.ts';
import type { TimerSource } from '../../src/scripting/connection/connection-timers.ts';
import { LuaInstancePool } from '../../src/scripting/runner/instance-pool.ts';
import { defaultLimits, mostStates, type ScriptLimits } from '../../src/scripting/runner/limits.ts';
import type { ScriptReport } from '../../src/scripting/runner/script-log.ts';
import { type RunnerHost, type Script, ScriptRunner } from '../../src/scripting/runner/script-runner.ts';
import { TimeShare } from '../../src/scripting/runner/time-share.ts';
import { createScriptMemory } from '../../src/scripting/shared/layout.ts';

/** Time that passes when it is told to. */
export class Clock implements TimerSource {
  time = 0;
  readonly #waiting = new Set<{ due: number; period: number; callback: () => void }>();

  after(milliseconds: number, callback: () => void): Timer {
    return this.#wait(milliseconds, 0, callback);
  }

  every(milliseconds: number, callback: () => void): Timer {
    return this.#wait(milliseconds, milliseconds, callback);
  }

  pass(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const next = [...this.#waiting].sort((one, other) => one.due - other.due)[0];
      if (next === undefined || next.due > end) break;
      // What was called before may have taken its time.
      this.time = Math.max(this.time, next.due);
      if (next.period === 0) this.#waiting.delete(next);
      else next.due += next.period;
      next.callback();
    }
    this.time = Math.max(this.time, end);
  }

  get pending(): number {
    return this.#waiting.size;
  }

  #wait(milliseconds: number, period: number, callback: () => void): Timer {
    const entry = { due: this.time + milliseconds, period, callback };
    this.#waiting.add(entry);
    return { stop: () => this.#waiting.delete(entry) };
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** A connection that remembers what scripts did to it. */
export class FakeConnection implements ConnectionPort {
  readonly client: Address = { address: '192.0.2.7', port: 40_112 };
  member: Address | null = { address: '10.0.0.5', port: 8080 };
  readonly done: string[] = [];
  readonly options = new Map<string, number>();
  open = 3;
  #source: Address | null = null;
  #chosen = '';

  ends(side: 'client' | 'member'): Ends | null {
    return side === 'client'
      ? { local: { address: '198.51.100.10', port: 80 }, remote: this.client }
      : { local: { address: '10.0.0.1', port: 51_000 }, remote: { address: '10.0.0.5', port: 8080 } };
  }

  awaitWithin(milliseconds: number): void {
    this.done.push(`within ${milliseconds}`);
  }

  finish(how: 'reject' | 'close'): void {
    this.done.push(how);
  }

  setSourceAddress(source: Address): boolean {
    if (source.address === '203.0.113.99') return false;
    this.#source = source;
    this.done.push(`source ${source.address} ${source.port}`);
    return true;
  }

  clearSourceAddress(): boolean {
    const had = this.#source !== null;
    this.#source = null;
    return had;
  }

  getOption(side: 'client' | 'member', { name }: { readonly name: string }): number | null {
    if (name === 'so_type') return 1;
    return this.options.get(`${side} ${name}`) ?? null;
  }

  setOption(side: 'client' | 'member', { name }: { readonly name: string }, value: number): string | null {
    if (name === 'so_mark') return 'operation not permitted';
    this.options.set(`${side} ${name}`, value);
    return null;
  }

  tcpOption(_side: 'client' | 'member', kind: number): Uint8Array | null {
    return kind === 28 ? Uint8Array.of(0, 255, 7) : null;
  }

  count(address: string | null): number {
    return address === null ? this.open : 0;
  }

  block(seconds: number): boolean {
    this.done.push(`block ${seconds}`);
    return true;
  }

  send(side: 'client' | 'member', bytes: Uint8Array): boolean {
    this.done.push(`send ${side} ${latin1(bytes)}`);
    return true;
  }

  pools(): readonly string[] {
    return ['web', 'spare'];
  }

  pool(): string {
    return this.#chosen;
  }

  choosePool(name: string): boolean {
    if (!this.pools().includes(name)) return false;
    this.#chosen = name;
    this.done.push(`pool ${name}`);
    return true;
  }

  chooseMember(name: string): boolean {
    this.done.push(`server ${name}`);
    return name === 'srv1';
  }

  chooseMemberAt({ address, port }: Address): boolean {
    this.done.push(`server ${address} ${port}`);
    return true;
  }

  assignMember(): string {
    return 'srv1';
  }
}

export type World = {
  readonly runner: ScriptRunner;
  readonly clock: Clock;
  readonly reports: ScriptReport[];
  /** The reports as `kind: message`. */
  readonly lines: () => string[];
  readonly host: RunnerHost;
};

/** 2026-11-20 10:15:42 UTC. */
const wallClock = Date.UTC(2026, 10, 20, 10, 15, 42);

/** Runs scripts with a clock that stands still. */
export function world(
  scripts: string | readonly Script[],
  limits: Partial<ScriptLimits> = {},
  memory = createScriptMemory(),
  worker = 1,
): World {
  const clock = new Clock();
  const reports: ScriptReport[] = [];
  let connections = worker * 2 ** 40;
  const host: RunnerHost = {
    instances: new LuaInstancePool(mostStates),
    worker,
    now: () => clock.time,
    wallClock: () => wallClock + clock.time,
    timers: clock,
    share: new TimeShare({ now: () => clock.time, timers: clock, rests: () => {} }),
    nextConnectionId: () => ++connections,
    memory,
    report: (report) => reports.push(report),
    limits: { ...defaultLimits, linesInASecond: 1000, ...limits },
  };
  const runner = new ScriptRunner(
    typeof scripts === 'string' ? [{ name: 'script', text: scripts }] : scripts,
    host,
  );
  return {
    runner,
    clock,
    reports,
    lines: () => reports.map(({ kind, message }) => `${kind}: ${message}`),
    host,
  };
}
