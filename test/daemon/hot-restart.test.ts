import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { rounds } from '../campaign.ts';
import { Client } from '../network/client.ts';
import { DatagramSocket } from '../network/datagram-socket.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { temporaryFolder } from '../running/folder.ts';
import { LeveeProcess, newState, policyText, type State } from '../running/levee.ts';

const linux = process.platform === 'linux' ? false : 'sockets are handed over in Linux';

/** Each of 127.0.0.0/8 is a source of its own. */
const full = '127.0.0.2';
const threshold = 10;

type Status = {
  readonly process: number;
  readonly successor: number;
  readonly connections: number;
  readonly formerConnections: number;
  readonly stopping: boolean;
};

async function status(state: State): Promise<Status> {
  const { stdout } = await state.here(['-c', 'diagnose system enforcer | json']);
  return JSON.parse(stdout);
}

function isThere(process_: number): boolean {
  try {
    // One that has ended may be there until its parent has seen that.
    return !/^\S+ \(.*\) Z /.test(readFileSync(`/proc/${process_}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * The numbers of processes that are to be gone at the end, to be filled. Asked for first of all: those that follow have the
 * streams of the first one, whose end the state waits for.
 */
function processesOf(context: TestContext): number[] {
  const processes: number[] = [];
  context.after(() => {
    for (const each of processes) if (isThere(each)) process.kill(each, 'SIGKILL');
  });
  return processes;
}

/** Clients that come, are answered, and go, from sources that never hold many. */
class Load {
  /** What became of those that were not answered as they should be. */
  readonly wrong: string[] = [];
  served = 0;
  /** Connections of the source that is at its limit which were let in. */
  beyond = 0;
  refused = 0;
  readonly #port: number;
  #isOver = false;
  readonly #clients: Promise<void>[];

  constructor(port: number) {
    this.#port = port;
    this.#clients = [
      ...Array.from({ length: 8 }, (_, source) => this.#comeAndGo(`127.0.1.${source + 1}`)),
      this.#askForMore(),
    ];
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }

  async #comeAndGo(source: string): Promise<void> {
    while (!this.#isOver) {
      const client = new Client('127.0.0.1', this.#port, source);
      const outcome = await client.outcome;
      client.close();
      const end = await client.end;
      if (outcome === 'admitted' && end === '') this.served++;
      else this.wrong.push(`${outcome}, ${end}`);
    }
  }

  async #askForMore(): Promise<void> {
    while (!this.#isOver) {
      const client = new Client('127.0.0.1', this.#port, full);
      if ((await client.outcome) === 'admitted') this.beyond++;
      else this.refused++;
      client.close();
    }
  }
}

/** A daemon whose successors end with the test, and clients that hold all that their source may. */
async function loaded(context: TestContext): Promise<{
  state: State;
  port: number;
  held: Client[];
  load: Load;
  daemon: LeveeProcess;
  /** Their numbers, the last one that serves last. */
  processes: number[];
}> {
  const processes = processesOf(context);
  const state = newState(context);
  const member = await startMember(context);
  const port = await freePort();
  const text = `${policyText(port, member.port, threshold)}
config log traffic-log
  set status enable
end
config server-policy policy
  edit "web"
    set tlog enable
  next
end
`;
  assert.equal((await state.here([], text)).status, 0);
  assert.deepEqual(await state.here(['daemon', '--take-over']), {
    status: 1,
    signal: null,
    stdout: '',
    stderr: 'levee: no Levee runs there that could be taken over from: start one without --take-over\n',
  });
  const daemon = await state.daemon();
  processes.push(daemon.child.pid ?? 0);
  const held = Array.from({ length: threshold }, () => new Client('127.0.0.1', port, full));
  for (const client of held) assert.equal(await client.outcome, 'admitted');
  const load = new Load(port);
  context.after(() => load.end());
  return { state, port, held, load, daemon, processes };
}

async function takeOver(state: State): Promise<void> {
  const { status: exit, stderr } = await state.here(['daemon', '--take-over']);
  assert.equal(exit, 0, stderr);
}

/** Whether a connection goes on: what it says is said back. */
async function isAlive(client: Client): Promise<boolean> {
  const before = client.received;
  client.socket.write('x');
  await until('it is answered, or over', () => client.received > before || client.socket.destroyed);
  return client.received > before;
}

suite('a hot restart', { skip: linux, concurrency: 2 }, () => {
  test('under load refuses and breaks no connection, and no source has more than its limit', async (context) => {
    const { state, port, held, load, daemon, processes } = await loaded(context);
    for (let restart = 0; restart < rounds(1, 5); restart++) {
      const { served, refused } = load;
      await takeOver(state);
      processes.push((await status(state)).process);
      await until('the new one serves and refuses', () => load.served > served && load.refused > refused);
      for (const client of held) assert.ok(await isAlive(client));
      assert.equal((await status(state)).formerConnections, threshold);
    }
    await load.end();
    assert.deepEqual([load.wrong, load.beyond], [[], 0]);
    assert.equal(new Set(processes).size, processes.length);
    // Each place is free once the process that has the connection has said that it is over.
    for (const client of held) client.close();
    for (const client of held) assert.equal(await client.end, '');
    await until('the former processes have ended', () => !processes.slice(0, -1).some(isThere));
    await until('the first one is over', () => daemon.isOver);
    assert.equal(daemon.child.exitCode, 0);
    await until('all places are free', async () => (await status(state)).formerConnections === 0);
    const again = Array.from({ length: threshold }, () => new Client('127.0.0.1', port, full));
    for (const client of again) assert.equal(await client.outcome, 'admitted');
    for (const client of again) client.close();
    // Every connection that was let in has its record, whichever process had it, and no number is used twice.
    const traffic = (): string[] => readFileSync(join(state.path, 'log', 'traffic.log'), 'utf8').split('\n');
    const ended = load.served + 2 * threshold;
    await until('all are recorded', () => traffic().length - 1 === ended);
  });

  test('makes the new process the main one of its service, and both end with that', async (context) => {
    const processes = processesOf(context);
    const state = newState(context);
    const member = await startMember(context);
    const port = await freePort();
    const text = `${policyText(port, member.port, threshold)}config system enforcer\nset drain-timeout 0\nend\n`;
    assert.equal((await state.here([], text)).status, 0);
    const name = join(temporaryFolder(context), 'notify');
    const manager = new DatagramSocket(context, name);
    const daemon = new LeveeProcess(['env', `NOTIFY_SOCKET=${name}`, ...state.command(['daemon'])]);
    processes.push(daemon.child.pid ?? 0);
    await manager.message('READY=1');
    const client = new Client('127.0.0.1', port);
    const blocked = new Client('127.0.0.1', port, full);
    for (const each of [client, blocked]) assert.equal(await each.outcome, 'admitted');
    manager.received.length = 0;
    await takeOver(state);
    processes.push((await status(state)).process);
    await manager.message(`MAINPID=${processes[1]}`);
    await manager.message('READY=1');
    assert.ok(await isAlive(client));
    // What is blocked now is cut where it is.
    const block = await state.here(['-c', `diagnose policy period-blockip add "web" ${full} 600`]);
    assert.equal(block.status, 0, block.stderr);
    assert.equal(await blocked.end, 'ECONNRESET');
    assert.ok(await isAlive(client));
    // Whoever stops the service sends it to all of its processes.
    for (const each of processes) process.kill(each, 'SIGTERM');
    assert.equal(await client.end, 'ECONNRESET');
    await until('both have ended', () => !processes.some(isThere));
    assert.equal(daemon.child.exitCode, 0);
    const events = readFileSync(join(state.path, 'log', 'event.log'), 'utf8');
    assert.match(
      events,
      /Levee has taken over from process \d+, which keeps[^\n]*\n(?:.*\n)* ?.*action=stop [^\n]*\n$/,
    );
  });

  /** How the last process ends, how often one has taken over before, and seconds that connections have then. */
  const ends: readonly {
    readonly name: string;
    readonly restarts: number;
    readonly drain: number;
    readonly signals: readonly NodeJS.Signals[];
  }[] = [
    { name: 'is told to stop', restarts: 1, drain: 1, signals: ['SIGTERM'] },
    { name: 'is told to stop at once', restarts: 2, drain: 600, signals: ['SIGTERM', 'SIGTERM'] },
    { name: 'is killed', restarts: 1, drain: 1, signals: ['SIGKILL'] },
  ];
  for (const { name, restarts, drain, signals } of ends)
    test(`leaves no process behind when the last one ${name}`, async (context) => {
      const processes = processesOf(context);
      const state = newState(context);
      const member = await startMember(context);
      const port = await freePort();
      const text = `${policyText(port, member.port, threshold)}config system enforcer\nset drain-timeout ${drain}\nend\n`;
      assert.equal((await state.here([], text)).status, 0);
      const daemon = await state.daemon();
      const clients: Client[] = [];
      for (let restart = 0; restart <= restarts; restart++) {
        if (restart > 0) await takeOver(state);
        processes.push((await status(state)).process);
        const client = new Client('127.0.0.1', port, full);
        assert.equal(await client.outcome, 'admitted');
        clients.push(client);
      }
      for (const [index, signal] of signals.entries()) {
        if (index > 0) await until('it is about to end', async () => (await status(state)).stopping);
        process.kill(processes.at(-1) ?? 0, signal);
      }
      for (const client of clients) assert.equal(await client.end, 'ECONNRESET');
      await until('all have ended', () => !processes.some(isThere));
      await until('the first one is over', () => daemon.isOver);
      assert.equal(daemon.child.exitCode, 0);
      const events = readFileSync(join(state.path, 'log', 'event.log'), 'utf8');
      const [cut, wanted] = [
        events.match(/1 connection was reset, since Levee ends/g)?.length,
        clients.length,
      ];
      // Nobody was left to write what the former one has cut.
      assert.equal(cut, signals.includes('SIGKILL') ? undefined : wanted);
    });
});
