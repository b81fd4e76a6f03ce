import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { suite, type TestContext, test } from 'node:test';
import { own, type Running, start } from '../../src/daemon/running.ts';
import { openStateDirectory } from '../../src/daemon/state/state-directory.ts';
import {
  Channel,
  protocol,
  type ToPredecessor,
  type ToSuccessor,
} from '../../src/daemon/succession/channel.ts';
import { receiveDescriptors, socketPair } from '../../src/daemon/succession/descriptor-socket.ts';
import { HandOver, type NewProcess } from '../../src/daemon/succession/hand-over.ts';
import { offerSuccession } from '../../src/daemon/succession/offer.ts';
import { closeDescriptor, isListening } from '../../src/enforcer/sockets/system-calls.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { besideOthers } from '../running/beside-others.ts';
import { until } from '../running/condition.ts';
import { newState, policyText, type State } from '../running/levee.ts';

const linux = process.platform === 'linux' ? false : 'sockets are handed over in Linux';
const author = { name: 'admin', origin: 'console' };
const blocked = '127.0.0.9';
const full = '127.0.0.2';

/** What a new process is told, or that it begins. */
type Told = ToSuccessor | { readonly type: 'started' };
type Acting = { say(message: ToPredecessor): void; end(): void };

/** A new process that is none: it does what it is to do within this one. */
class Pretended implements NewProcess {
  readonly id = 4711;
  readonly directory = '/opt/levee';
  readonly channel: NewProcess['channel'];
  readonly descriptors: number;
  readonly ended: Promise<void>;
  readonly #end: () => void;
  /** Of all listening sockets that it was given. */
  listening = 0;

  constructor(context: TestContext, behave: (told: Told, acting: Acting) => void) {
    const [one, other] = duplexPair();
    const [descriptors, theirs] = socketPair();
    context.after(() => closeDescriptor(theirs));
    const gone = Promise.withResolvers<void>();
    this.channel = new Channel<ToPredecessor, ToSuccessor>(one);
    this.descriptors = descriptors;
    this.ended = gone.promise;
    this.#end = () => {
      other.destroy();
      gone.resolve();
    };
    const channel = new Channel<ToSuccessor, ToPredecessor>(other);
    const acting = { say: (said: ToPredecessor) => channel.send(said), end: this.#end };
    channel.listen((message) => {
      if (message.type === 'descriptors') {
        const received = receiveDescriptors(theirs);
        this.listening += received.filter(isListening).length;
        for (const descriptor of received) closeDescriptor(descriptor);
      }
      behave(message, acting);
    });
    behave({ type: 'started' }, acting);
  }

  kill(): void {
    this.#end();
  }

  release(): void {
    closeDescriptor(this.descriptors);
  }
}

/** A Levee in this process, with a source at its limit and one that is blocked. */
async function running(context: TestContext): Promise<{
  state: State;
  levee: Running;
  port: number;
  held: readonly Client[];
}> {
  const state = newState(context);
  const member = await startMember(context);
  const port = await freePort();
  assert.equal((await state.here([], policyText(port, member.port, 2))).status, 0);
  const report = (): void => undefined;
  const owner = await own(openStateDirectory(state.path, {}), 'levee daemon', report);
  const levee = await start(owner, report, besideOthers);
  context.after(() => levee.stop());
  const held = [1, 2].map(() => new Client('127.0.0.1', port, full));
  for (const client of held) assert.equal(await client.outcome, 'admitted');
  const [policy] = owner.configuration.view.rows('server-policy policy', null);
  assert.equal(levee.enforcer.system.orderBlock(policy?.id ?? 0, blocked, 600, author), 'blocked');
  return { state, levee, port, held };
}

/** What one that takes over says, step by step; at a step of a name that is given it does something else. */
type Step = 'started' | 'own' | 'lock' | 'take' | 'sockets';

function asItShould(instead: Partial<Record<Step, (acting: Acting) => void>>) {
  let isLocked = false;
  return ({ type }: Told, acting: Acting): void => {
    const { say } = acting;
    const does: Partial<Record<Step, (acting: Acting) => void>> = {
      started: () => say({ type: 'ready', protocol }),
      lock() {
        say({ type: 'received' });
        say({ type: 'prepared' });
      },
      sockets: () => say({ type: 'received' }),
      ...instead,
    };
    if (type === 'descriptors') {
      does[isLocked ? 'sockets' : 'lock']?.(acting);
      isLocked = true;
    } else if (type === 'started' || type === 'own' || type === 'take') does[type]?.(acting);
  };
}

const end = (acting: Acting): void => acting.end();
const nothing = (): void => undefined;
const never = new AbortController().signal;

/** How a new process fails, and what is said of it. */
const failures: readonly {
  readonly name: string;
  readonly reason: RegExp;
  readonly instead: Parameters<typeof asItShould>[0];
}[] = [
  { name: 'ends while it loads its code', reason: /^the new process has ended$/, instead: { started: end } },
  {
    name: 'is of another Levee',
    reason: /^the new process is of a Levee that this one can not hand over to$/,
    instead: { started: ({ say }) => say({ type: 'ready', protocol: protocol + 1 }) },
  },
  { name: 'says nothing', reason: /^the new process does not answer$/, instead: { started: nothing } },
  { name: 'ends with the state directory', reason: /^the new process has ended$/, instead: { own: end } },
  {
    name: 'can not open the database',
    reason: /^no database$/,
    instead: {
      lock({ say }) {
        say({ type: 'received' });
        say({ type: 'failed', reason: 'no database' });
      },
    },
  },
  { name: 'ends with the sockets', reason: /^the new process has ended$/, instead: { take: end } },
  {
    name: 'has everything, and ends',
    reason: /^the new process has ended$/,
    instead: {
      sockets({ say, end: finish }) {
        say({ type: 'received' });
        finish();
      },
    },
  },
  { name: 'has everything, and says nothing more', reason: /^the new process does not answer$/, instead: {} },
];

suite('a process that is to take over', { skip: linux, concurrency: 2 }, () => {
  test('and fails leaves all as it was, whenever that is', async (context) => {
    const { state, levee, port, held } = await running(context);
    for (const [index, { name, reason, instead }] of failures.entries()) {
      await context.test(name, async (inner) => {
        const successor = new Pretended(inner, asItShould(instead));
        const handingOver = async (): Promise<void> => {
          const handOver = await HandOver.prepare(levee, successor, never, { load: 200, begin: 200 });
          await handOver.carryOut();
        };
        await assert.rejects(handingOver(), { message: reason });
        // Connections, counts, blocks, listeners, the control socket and the database.
        for (const client of held) {
          const before = client.received;
          client.socket.write('x');
          await until('it is answered', () => client.received > before);
        }
        assert.equal(await new Client('127.0.0.1', port, full).outcome, 'reset');
        assert.equal(await new Client('127.0.0.1', port, blocked).outcome, 'reset');
        const other = new Client('127.0.0.1', port, '127.0.0.3');
        assert.equal(await other.outcome, 'admitted');
        other.close();
        const changed = await state.here([], `config system global\nset hostname after-${index}\nend\n`);
        assert.deepEqual([changed.status, changed.stdout], [0, '']);
      });
    }
    const events = readFileSync(join(state.path, 'log', 'event.log'), 'utf8');
    for (const index of failures.keys()) assert.ok(events.includes(` to after-${index} from `), events);
  });

  test('is given each listening socket with its queues', async (context) => {
    const { levee } = await running(context);
    const successor = new Pretended(context, asItShould({ sockets: end }));
    const handOver = await HandOver.prepare(levee, successor, never);
    await assert.rejects(handOver.carryOut());
    assert.equal(successor.listening, levee.enforcer.workers.listenersToGive()[0]?.socket.descriptors.length);
  });

  test('is not started where something would be lost, nor twice', async (context) => {
    const { levee } = await running(context);
    const { system } = levee.enforcer;
    const refused = (message: RegExp): Promise<void> =>
      assert.rejects(system.restartHot(author), { message });
    await refused(/^only "levee daemon" can be replaced by another process$/);
    let started = 0;
    let successor: Pretended | undefined;
    void offerSuccession(levee, () => {
      started++;
      successor = new Pretended(context, () => undefined);
      return successor;
    });
    const session = levee.owner.session('test');
    const done = async (text: string): Promise<void> =>
      assert.equal((await session.execute(text, () => undefined)).status, 0, text);
    await done('execute config-transaction start');
    await refused(/^transaction 1 of "levee" is open, and would be lost: commit or abort it$/);
    await done('config system global\nset hostname x\nend');
    await done('execute config-transaction commit confirmed 5');
    await refused(/^a commit waits for its confirmation: confirm it, or let it be taken back$/);
    await done('execute config-transaction confirm');
    session.close();
    assert.equal(started, 0);
    const first = system.restartHot(author);
    await refused(/^process 4711 is about to take over already$/);
    successor?.kill();
    await assert.rejects(first, { message: /^the new process has ended$/ });
    assert.equal(system.status().successor, 0);
  });

  test('does not begin where something was begun while it was loading that would be lost', async (context) => {
    const { state, levee } = await running(context);
    const handOver = await HandOver.prepare(levee, new Pretended(context, asItShould({})), never);
    const session = levee.owner.session('test');
    context.after(() => session.close());
    const done = async (text: string): Promise<void> =>
      assert.equal((await session.execute(text, () => undefined)).status, 0, text);
    await done('execute config-transaction start\nconfig system global\nset hostname x\nend');
    await done('execute config-transaction commit confirmed 5');
    await assert.rejects(handOver.carryOut(), { message: /^a commit waits for its confirmation/ });
    // The control socket is served again, and who waits goes on waiting.
    const status = await state.here(['-c', 'execute config-transaction status | json']);
    assert.equal(JSON.parse(status.stdout).awaited.revision, 2);
    await done('execute config-transaction confirm');
  });
});

/** What the new process is told before the Levee is told to stop: it does not answer that. */
const calledOffAt: readonly (readonly [name: string, step: Step])[] = [
  ['is loading', 'started'],
  ['has the state directory', 'lock'],
  ['has everything', 'sockets'],
];

test('a Levee that is told to stop has nobody take over', { skip: linux }, async (context) => {
  for (const [name, step] of calledOffAt)
    await context.test(`when that one ${name}`, async (inner) => {
      const { levee, port } = await running(inner);
      const reached = Promise.withResolvers<void>();
      const successor = new Pretended(inner, asItShould({ [step]: () => reached.resolve() }));
      const offer = offerSuccession(levee, () => successor);
      const asked = levee.enforcer.system.restartHot(author);
      if (step === 'started') {
        const refused = assert.rejects(asked, { message: 'this Levee is about to end' });
        await reached.promise;
        assert.equal(await offer.callOff(), undefined);
        await refused;
      } else {
        await asked;
        await reached.promise;
        assert.equal(await offer.callOff(), undefined);
      }
      // All is as it was, so that its end is as any other; and nobody else may take over.
      await successor.ended;
      const client = new Client('127.0.0.1', port, '127.0.0.3');
      assert.equal(await client.outcome, 'admitted');
      await assert.rejects(levee.enforcer.system.restartHot(author), {
        message: 'this Levee is about to end',
      });
    });
});

test('whoever has asked for a hot restart learns that the Levee has ended meanwhile', async (context) => {
  const state = newState(context);
  const owner = await own(openStateDirectory(state.path, {}), 'levee daemon', nothing);
  const levee = await start(owner, nothing, besideOthers);
  const { system } = levee.enforcer;
  system.replace = () => {
    system.successor = 4711;
    return Promise.resolve({ process: system.successor, directory: '/opt/levee' });
  };
  const asked = state.here(['daemon', '--take-over']);
  const log = join(state.path, 'log', 'event.log');
  await until('it was answered', () => readFileSync(log, 'utf8').includes('action=logout'));
  await levee.stop();
  const { status, stderr } = await asked;
  assert.deepEqual([status, stderr], [1, 'levee: the Levee that runs has ended\n']);
});

test('whoever has asked for a hot restart and lost the answer learns what has come of it', async (context) => {
  const state = newState(context);
  const owner = await own(openStateDirectory(state.path, {}), 'levee daemon', nothing);
  const levee = await start(owner, nothing, besideOthers);
  context.after(() => levee.stop());
  levee.enforcer.system.replace = () => {
    owner.shutDoors();
    setImmediate(() => void owner.serve());
    return new Promise(() => undefined);
  };
  const { status, stderr } = await state.here(['daemon', '--take-over']);
  const told = 'levee: the new process could not take over: "execute log display event" says why\n';
  assert.deepEqual([status, stderr], [1, told]);
});

test('a process that has left its state directory waits for no confirmation', async (context) => {
  const state = newState(context);
  const owner = await own(openStateDirectory(state.path, {}), 'levee daemon', nothing);
  const session = owner.session('test');
  const text =
    'execute config-transaction start\nconfig system global\nset hostname x\nend\nexecute config-transaction commit confirmed 5';
  assert.equal((await session.execute(text, nothing)).status, 0);
  assert.equal(owner.configuration.awaited?.revision, 1);
  owner.leave();
  assert.equal(owner.configuration.awaited, undefined);
});
