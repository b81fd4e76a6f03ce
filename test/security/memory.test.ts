import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mostWords } from '../../grammar/lexing.ts';
import { type BatchOptions, type ReplyPart, strictBatch } from '../../src/cli/session/session.ts';
import { mostText, sessionLimits } from '../../src/cli/session/settings/limits.ts';
import { Owner } from '../../src/daemon/owner.ts';
import { openStateDirectory } from '../../src/daemon/state/state-directory.ts';
import { type DoorLimits, longestStranger } from '../../src/doors/socket/limits.ts';
import { localOrigin, noCredentials } from '../../src/system/login.ts';
import { Shares } from '../../src/system/shares.ts';
import { collect, type Levee, openLevee, printed, type Reply } from '../cli/in-process.ts';
import { type Peer, type Served, serve } from '../doors/socket/peer.ts';
import { until } from '../running/condition.ts';
import { newState } from '../running/levee.ts';

const whole = strictBatch;

function entries(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => `edit e${index}\nnext\n`);
  return `config log trigger-policy\n${lines.join('')}end\n`;
}

test('no statement takes memory for more words than it can have', async (context) => {
  const levee = openLevee(context);
  const before = process.memoryUsage().heapUsed;
  const reply = await levee
    .as('reader')
    .import(`set ${'a '.repeat(5_000_000)}\nconfig nothing\n`, { check: true });
  assert.ok(process.memoryUsage().heapUsed - before < 400 * 1024 * 1024);
  assert.deepEqual(
    reply.problems.map(({ error, line, expected }) => [error, line, expected]),
    [
      ['beyond-limit', 1, `a statement of at most ${mostWords} words and 1 MiB`],
      ['unknown-word', 2, reply.problems[1]?.expected],
    ],
  );
  assert.ok(printed(reply).length < 2000);
});

test('no statement is longer than it can be, however it is written', async (context) => {
  const count = 1_200_000;
  for (const long of [
    'a'.repeat(count),
    `"${'a\n'.repeat(count)}"`,
    `a${'\\\n'.repeat(count)}b`,
    'a\\\n'.repeat(count),
    '""'.repeat(count),
    `${'\\\n'.repeat(count)}b`,
  ]) {
    const { problems, outcome } = await openLevee(context)
      .as('admin')
      .import(`config system admin\nedit "anna"\nset password ${long}\nconfig nothing\n`, { check: true });
    assert.equal(outcome.status, 1);
    assert.deepEqual(
      [problems[0]?.error, problems[0]?.line, problems[0]?.expected],
      ['beyond-limit', problems[0]?.line, `a statement of at most ${mostWords} words and 1 MiB`],
    );
    for (const { text } of problems.slice(0, 1)) assert.doesNotMatch(text ?? '', /a\\|aa|""|b$/);
  }
});

test('no batch is longer than Levee has memory for', async (context) => {
  const state = newState(context);
  await state.here([], '');
  const { status, stderr } = await state.here(['import', '/dev/zero', '--check']);
  assert.equal(status, 1);
  assert.match(stderr, /^\/dev\/zero: limit exceeded at '\/dev\/zero'\n {4}at most 32 MiB in one batch\n/);
  const levee = openLevee(context);
  const bytes = Buffer.alloc(mostText / 2 + 1, '\n');
  const sources = ['one', 'two'].map((name) => ({ name, bytes }));
  const reply = await collect((emit) => levee.as('x').session.batch(sources, whole, emit));
  assert.deepEqual([reply.outcome.status, reply.problems.map(({ error }) => error)], [1, ['beyond-limit']]);
});

/** How many entries sessions may have that are not committed, for tests. */
const fewEntries = { each: 20, all: 30, free: 3 };

function run(levee: Levee, few: Shares, text: string, options: Partial<BatchOptions> = {}): Promise<Reply> {
  return levee.as('someone', undefined, few).import(text, options);
}

test('no session has more entries that are not committed than there is memory for', async (context) => {
  const levee = openLevee(context);
  const few = new Shares(fewEntries);
  for (const options of [{}, { keepGoing: true }, { check: true }]) {
    const reply = await run(levee, few, entries(1000), options);
    assert.deepEqual(
      reply.problems.map(({ error, expected }) => [error, expected]),
      [['beyond-limit', 'at most 20 entries that are not committed']],
    );
    assert.match(reply.notices, /^1 error: nothing was (?:to be )?applied$/m);
  }
  assert.equal((await run(levee, few, entries(20))).outcome.status, 0);
  const bad = entries(1000).replaceAll('next', 'set none 1\nnext');
  const spoiled = await run(levee, few, bad, { keepGoing: true });
  assert.equal(spoiled.problems.at(-1)?.error, 'beyond-limit', 'those that are rejected count too');
  assert.ok(spoiled.problems.length < 30);
});

test('nor have all sessions together, which leaves a few to each', async (context) => {
  const levee = openLevee(context);
  const few = new Shares(fewEntries);
  const greedy = [1, 2].map(() => levee.as('greedy', undefined, few).session);
  const members = Array.from({ length: 18 }, (_, index) => `edit ${index + 1}\nset ip 10.0.0.${index}\nnext`);
  const open = `config waf ip-list\nedit x\nconfig members\n${members.join('\n')}`;
  const [first, second] = greedy.map((each) => () => collect((emit) => each.execute(open, emit)));
  assert.deepEqual((await first?.())?.problems, []);
  assert.equal(
    (await second?.())?.problems[0]?.expected,
    'at most 30 entries that are not committed, in all sessions together: try again later',
  );
  assert.equal((await run(levee, few, entries(2))).outcome.status, 0);
  assert.equal((await run(levee, few, entries(10))).outcome.status, 1);
  for (const each of greedy) each.close();
  assert.equal(few.held, 0);
  assert.equal((await run(levee, few, entries(20))).outcome.status, 0);
});

/** What clients of the control socket may take, for tests. */
const narrow: DoorLimits = {
  received: { each: 2 ** 27, all: 400_000, free: 50_000 },
  replies: { unread: 2 ** 20, waiting: 16 },
  strangers: 3,
};

async function enter(served: Served): Promise<Peer> {
  const peer = await served.peer();
  peer.send({ type: 'open', origin: 'x', credentials: noCredentials });
  await until('the session is open', () => peer.received.length === 1);
  return peer;
}

test('a batch for which there is no room is refused, and no other', async (context) => {
  const served = await serve(context, undefined, narrow);
  const chunk = { type: 'chunk', bytes: Buffer.alloc(120_000, '#').toString('base64') };
  const announced = [
    { type: 'batch', options: whole },
    { type: 'source', name: 'x' },
  ];
  const [first, second] = [await enter(served), await enter(served)];
  first.send(...announced, chunk, chunk, { type: 'state' });
  await until('the first is dealt with', () => first.received.length === 2);
  second.send(...announced, chunk, chunk, chunk, { type: 'run' });
  await until('the second is answered', () => second.received.length === 3);
  assert.match(JSON.stringify(second.received), /limit exceeded at 'batch'.*"status":1/);
  const other = await served.connect('other');
  const bytes = Buffer.from(entries(100));
  const reply = await collect((emit) => other.batch([{ name: 'x', bytes }], whole, emit));
  assert.equal(reply.outcome.status, 0, 'what is little goes on');
  first.send({ type: 'run' });
  await until('the first is answered', () => first.received.length === 3);
  assert.match(JSON.stringify(first.received), /"status":0/);
  second.send(...announced, chunk, { type: 'run' });
  await until('there is room again', () => second.received.length === 4);
  assert.match(JSON.stringify(second.received.at(-1)), /"status":0/);
  other.close();
});

/** So many clients who do not read the reply to their command. */
async function silent(served: Served, count: number, replies: () => number): Promise<readonly Peer[]> {
  const peers: Peer[] = [];
  while (peers.length < count) {
    const peer = await enter(served);
    peers.push(peer);
    peer.socket.pause();
    peer.send({ type: 'execute', text: 'show' });
    await until('the reply is made', () => replies() === peers.length);
  }
  return peers;
}

async function assertDismissed(peer: Peer | undefined): Promise<void> {
  peer?.socket.resume();
  await peer?.closed;
  assert.ok(peer && peer.received.length < 3, 'it never got its outcome');
}

test('replies that nobody reads give way to those that somebody reads', async (context) => {
  const text = 'x'.repeat(300_000);
  let made = 0;
  const reply = (): readonly ReplyPart[] => {
    made++;
    return [{ kind: 'output', text }];
  };
  const served = await serve(context, reply, narrow);
  const [first] = await silent(served, 3, () => made);
  const reader = await served.connect('reader');
  for (let count = 0; count < 10; count++) {
    const { output } = await collect((emit) => reader.execute('show', emit));
    assert.equal(output.length, text.length);
  }
  reader.close();
  await assertDismissed(first);
});

test('commands that wait for a reader are few, and who has waited longest gives way', async (context) => {
  let made = 0;
  const reply = (): readonly ReplyPart[] => {
    made++;
    return [{ kind: 'output', text: 'x'.repeat(300_000) }];
  };
  const served = await serve(context, reply, { ...narrow, replies: { unread: 2 ** 30, waiting: 2 } });
  const [first, second, third] = await silent(served, 3, () => made);
  await assertDismissed(first);
  for (const peer of [second, third]) {
    peer?.socket.resume();
    await until('it gets its outcome', () => peer?.received.length === 3);
  }
});

test('clients that do not log in give way to others', async (context) => {
  const served = await serve(context, undefined, narrow);
  const strangers = await Promise.all(Array.from({ length: 5 }, () => served.peer()));
  await Promise.all(strangers.slice(0, 2).map((peer) => peer.closed));
  const user = await served.connect('user');
  assert.equal((await user.state()).status, 0);
  user.close();
  const last = strangers.at(-1);
  last?.send('x'.repeat(longestStranger));
  await last?.closed;
  assert.match(JSON.stringify(last?.received), /a message of more than 65536 bytes/);
});

test('a user of the machine who crowds the door keeps nobody else from logging in', async (context) => {
  const served = await serve(context, undefined, narrow);
  const admin = await served.peer();
  await until('it has come', () => served.accepted === 1);
  served.from = 'another';
  const crowd = await Promise.all(Array.from({ length: 6 }, () => served.peer()));
  await Promise.all(crowd.slice(0, 4).map((peer) => peer.closed));
  admin.send({ type: 'open', origin: 'x', credentials: noCredentials });
  await until('the session is open', () => admin.received.length === 1);
  assert.match(JSON.stringify(admin.received), /"opened"/);
});

test('no administrator has more sessions than a person needs', async (context) => {
  const owner = await Owner.open(openStateDirectory(newState(context).path, {}), 'the test', () => undefined);
  assert.ok(owner instanceof Owner);
  const enter = () => owner.login(localOrigin('test', 'test'), noCredentials);
  const first = await enter();
  for (let count = 1; count < sessionLimits.each; count++) await enter();
  assert.deepEqual(await enter(), {
    kind: 'refused',
    plain: false,
    reason: 'there are 64 sessions of this account, which is the most',
  });
  assert.ok('session' in first);
  first.session.close();
  assert.ok('session' in (await enter()));
  await owner.close();
});
