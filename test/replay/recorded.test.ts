import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Action, PolicySnapshot } from '../../src/policy/snapshot.ts';
import { isWhole } from '../campaign.ts';
import { Client, type Outcome } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';
import { type BuiltConnection, CaptureBuilder, planFor, replayed, verdictsOf } from './captures.ts';

const threshold = 2;
const sources = process.platform === 'linux' ? ['127.0.0.2', '127.0.0.3'] : ['127.0.0.1'];

type Step = { readonly opens: boolean; readonly source: string };

/** Both sources open more than they may, and some of what they hold ends. The last one stays, as its mark in the capture. */
const steps: readonly Step[] = [...'OOoOCoOcCOoOOCCOOoCoO'].map((letter) => ({
  opens: letter.toUpperCase() === 'O',
  source: sources[letter === letter.toUpperCase() ? 0 : 1] ?? '127.0.0.1',
}));

/** Notes what happens on the wire. */
interface Recorder {
  opened(client: Client, source: string): void;
  closed(client: Client): void;
  /** The capture once it holds so many connections. */
  finish(isWhole: (bytes: Uint8Array) => boolean): Promise<Uint8Array>;
}

class EventRecorder implements Recorder {
  readonly #capture = new CaptureBuilder();
  readonly #connections = new Map<Client, BuiltConnection>();
  readonly #port: number;
  #time = 0;
  /** A client that was reset at once may not know its own port. */
  #opened = 0;

  constructor(port: number) {
    this.#port = port;
  }

  opened(client: Client, address: string): void {
    const server = { address: '127.0.0.1', port: this.#port };
    const port = ++this.#opened;
    this.#connections.set(client, this.#capture.open(this.#time++, { address, port }, server));
  }

  closed(client: Client): void {
    this.#connections.get(client)?.close(this.#time++);
  }

  async finish(isWhole: (bytes: Uint8Array) => boolean): Promise<Uint8Array> {
    assert.ok(isWhole(this.#capture.bytes));
    return this.#capture.bytes;
  }
}

class TcpdumpRecorder implements Recorder {
  readonly #tcpdump: ChildProcess;
  readonly #file: string;

  constructor(tcpdump: ChildProcess, file: string) {
    this.#tcpdump = tcpdump;
    this.#file = file;
  }

  opened(): void {}

  closed(): void {}

  async finish(isWhole: (bytes: Uint8Array) => boolean): Promise<Uint8Array> {
    await until('tcpdump has written it all', () => isWhole(readFileSync(this.#file)));
    this.#tcpdump.kill('SIGINT');
    return readFileSync(this.#file);
  }
}

/** Null with a reason where nobody may capture here. */
async function startTcpdump(context: TestContext, port: number): Promise<TcpdumpRecorder | string> {
  const folder = mkdtempSync(join(tmpdir(), 'levee-recorded-'));
  const file = join(folder, 'capture.pcap');
  const device = process.platform === 'linux' ? 'lo' : 'lo0';
  // Its buffer has few places for packets as long as loopback allows, and many for these: a busy machine loses none.
  const kept = ['-s', '512', '-B', '8192'];
  const filter = ['tcp', 'and', 'port', String(port)];
  const words = ['-i', device, ...kept, '-U', '--immediate-mode', '-w', file, ...filter];
  const tcpdump = spawn('tcpdump', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  context.after(() => {
    tcpdump.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const { promise, resolve } = Promise.withResolvers<string | null>();
  let said = '';
  tcpdump.on('error', ({ message }) => resolve(message));
  tcpdump.on('close', () => resolve(said.trim()));
  tcpdump.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.includes('listening on')) resolve(null);
  });
  const reason = await promise;
  return reason === null ? new TcpdumpRecorder(tcpdump, file) : reason;
}

/** Runs the steps over real sockets; gives what clients saw, and the capture of it. */
async function record(context: TestContext, policy: PolicySnapshot, recorder: Recorder) {
  const running = start(context, { workers: 2 });
  await running.workers.apply(snapshotOf(policy));
  const [endpoint] = policy.endpoints;
  assert.ok(endpoint !== undefined);
  const outcomes: Outcome[] = [];
  const held: { readonly client: Client; readonly source: string }[] = [];
  for (const { opens, source } of steps) {
    if (opens) {
      const client = new Client(endpoint.address, endpoint.port, source);
      running.clients.push(client);
      const outcome = await client.outcome;
      recorder.opened(client, source);
      outcomes.push(outcome);
      if (outcome === 'admitted') held.push({ client, source });
      // A block closes what the source holds, a moment later.
      if (policy.rule?.action === 'block-period' && !policy.monitorMode && outcome === 'reset') {
        await until('the source holds nothing', () => openOf(source) === 0);
        held.splice(0, held.length, ...held.filter((each) => each.source !== source));
      }
      continue;
    }
    const index = held.findIndex((each) => each.source === source);
    const [closing] = index < 0 ? [] : held.splice(index, 1);
    if (closing === undefined) continue;
    const before = openOf(source);
    closing.client.close();
    await until('its place is free', () => openOf(source) === before - 1);
    recorder.closed(closing.client);
  }
  const reported = running.sources().reduce((sum, { episode }) => sum + (episode?.total ?? 0), 0);
  const plan = planFor(policy);
  const bytes = await recorder.finish(
    (written) => written.length > 24 && replayed(written, plan).capture.connections === outcomes.length,
  );
  return { outcomes, reported, bytes, plan };

  function openOf(address: string): number {
    return running.sources().find(({ source }) => source === address)?.open ?? 0;
  }
}

async function policyUnder(
  context: TestContext,
  action: Action,
  monitorMode: boolean,
): Promise<PolicySnapshot> {
  const member = await startMember(context);
  return policyOf({
    endpoints: [{ address: '127.0.0.1', port: await freePort() }],
    rule: ruleOf({ action, threshold: threshold }),
    members: [memberOf(member.port)],
    monitorMode,
  });
}

const cases: readonly (readonly [Action, boolean])[] = [
  ['alert', false],
  ['alert_deny', false],
  ['deny_no_log', false],
  ['block-period', false],
  ['block-period', true],
];

const ways = ['tcpdump', 'events'] as const;

for (const [index, [action, monitorMode]] of cases.entries()) {
  // As a sample, each is recorded in one of the ways.
  for (const way of isWhole ? ways : ways.slice(index % 2).slice(0, 1)) {
    const name = `${action}${monitorMode ? ' in monitor-mode' : ''}, recorded by ${way}`;
    test(`what the enforcer did is what a replay of it gives: ${name}`, async (context) => {
      const policy = await policyUnder(context, action, monitorMode);
      const port = policy.endpoints[0]?.port ?? 0;
      const recorder = way === 'events' ? new EventRecorder(port) : await startTcpdump(context, port);
      if (typeof recorder === 'string') {
        context.skip(`nobody may capture here: ${recorder}`);
        return;
      }
      const { outcomes, reported, bytes, plan } = await record(context, policy, recorder);
      assert.ok(outcomes.every((outcome) => outcome !== 'closed'));
      const [result] = replayed(bytes, plan).policies;
      const refused = outcomes.filter((outcome) => outcome === 'reset').length;
      assert.equal(result?.connections, outcomes.length);
      assert.equal(result.refused.connections, refused);
      assert.equal(result.reported.connections, reported);
      const isLenient = action === 'alert' || monitorMode;
      assert.equal(refused > 0, !isLenient, 'the steps go beyond the threshold');
      assert.equal(reported > 0, action !== 'deny_no_log');
      assert.deepEqual(verdictsOf(bytes, plan), outcomes);
    });
  }
}
