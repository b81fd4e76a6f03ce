import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { loadLanguage } from '../../src/cli/language/language.ts';
import { AwaitedConfirmation } from '../../src/daemon/configuration/awaited-confirmation.ts';
import { StoredConfiguration } from '../../src/daemon/configuration/configuration.ts';
import { RemoteSession } from '../../src/doors/socket/remote-session.ts';
import { describe, type Event } from '../../src/events/events.ts';
import type { Confirmation } from '../../src/store/confirmation.ts';
import { Draft } from '../../src/store/draft.ts';
import { Store } from '../../src/store/store.ts';
import { localOrigin, noCredentials } from '../../src/system/login.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { temporaryFolder } from '../running/folder.ts';
import { newState, policyText, type State } from '../running/levee.ts';
import { publicKey } from './public-key.ts';

/** Types at a prompt of the daemon; gives the prompt after it. */
async function typed({ path }: State, text: string): Promise<string> {
  const levee = await RemoteSession.connect(join(path, 'levee.sock'));
  try {
    const login = await levee.login(localOrigin('test', 'test'), noCredentials);
    assert.ok('session' in login);
    const problems: unknown[] = [];
    const outcome = await login.session.execute(text, (part) => {
      if (part.kind === 'problem') problems.push(part.problem);
    });
    assert.deepEqual(problems, []);
    return outcome.prompt;
  } finally {
    levee.close();
  }
}

async function isAdmitted(context: TestContext, port: number): Promise<boolean> {
  const client = new Client('127.0.0.1', port);
  context.after(() => client.socket.destroy());
  return (await client.outcome) === 'admitted';
}

function setDeadline({ path }: State, deadline: number): void {
  const database = new Database(join(path, 'levee.db'));
  database.prepare('UPDATE confirmation SET deadline = ?').run(deadline);
  database.close();
}

function withKey(byte: number): string {
  return `config system admin\nedit admin\nset sshkey "${publicKey(byte)}"\nnext\nend\n`;
}

suite('a commit that is to be confirmed', () => {
  test('and cuts its author off comes back, also where the daemon is killed meanwhile', async (context) => {
    const state = newState(context);
    const [member, port] = [await startMember(context), await freePort()];
    assert.equal((await state.here([], policyText(port, member.port, 10))).status, 0);
    const cut =
      'execute config-transaction start\nconfig server-policy policy\ndelete web\nend\nexecute config-transaction commit confirmed 60 guard 3';
    let daemon = await state.daemon();
    assert.equal(await isAdmitted(context, port), true);
    assert.equal(await typed(state, cut), 'Levee [revision 2 unconfirmed] # ');
    assert.equal(await isAdmitted(context, port), false);
    await daemon.kill('SIGKILL');

    // It waits on, and comes back while the daemon runs.
    setDeadline(state, Date.now() + 3_600_000);
    daemon = await state.daemon();
    assert.equal(await typed(state, 'get'), 'Levee [revision 2 unconfirmed] # ');
    const { stdout: status } = await state.here(['-c', 'execute config-transaction status | json']);
    assert.deepEqual(JSON.parse(status).awaited.guard, { most: 3, shutOut: 0 });
    assert.equal(await isAdmitted(context, port), false);
    await daemon.kill('SIGKILL');
    setDeadline(state, Date.now() + 500);
    daemon = await state.daemon();
    await daemon.printed('the one before it is in force again');
    await until('it is back', () => isAdmitted(context, port));
    assert.equal(await typed(state, 'get'), 'Levee # ');

    // What is overdue comes back before a listener opens.
    assert.equal(await typed(state, cut), 'Levee [revision 4 unconfirmed] # ');
    await daemon.kill('SIGKILL');
    setDeadline(state, Date.now() - 1);
    await state.daemonHere();
    assert.equal(await isAdmitted(context, port), true);

    // Confirmed, it stands.
    await typed(state, `${cut}\nexecute config-transaction confirm`);
    assert.equal(await isAdmitted(context, port), false);
    const { stdout } = await state.here(['-c', 'execute revision list | json']);
    const comments = JSON.parse(stdout).map(
      ({ revision, comment }: { revision: number; comment: string }) => [revision, comment],
    );
    assert.deepEqual(comments, [
      [6, ''],
      [5, 'revision 4 of admin does not stand: it was not confirmed'],
      [4, ''],
      [3, 'revision 2 of admin does not stand: it was not confirmed'],
      [2, ''],
      [1, ''],
    ]);
  });

  test('comes back when it refuses too many sources that were admitted before, whoever attacks', async (context) => {
    const state = newState(context);
    const [member, port] = [await startMember(context), await freePort()];
    assert.equal((await state.here([], policyText(port, member.port, 10) + withKey(2))).status, 0);
    const daemon = await state.daemonHere();
    const lower =
      'config waf layer4-connection-flood-check-rule\nedit "web limit"\nset layer4-connection-threshold 3\nnext\nend';
    const rogue = withKey(1);
    await typed(
      state,
      `execute config-transaction start\n${lower}\n${rogue}\nexecute config-transaction commit confirmed 60 guard 2`,
    );
    const outcomes = async (from: string, count: number): Promise<string[]> => {
      const clients = Array.from({ length: count }, () => new Client('127.0.0.1', port, from));
      for (const { socket } of clients) context.after(() => socket.destroy());
      return Promise.all(clients.map(({ outcome }) => outcome));
    };
    const awaited = async (): Promise<unknown> => {
      const { stdout } = await state.here(['-c', 'execute config-transaction status | json']);
      return JSON.parse(stdout).awaited;
    };
    const witness = await RemoteSession.connect(join(state.path, 'levee.sock'));
    context.after(() => witness.close());
    await witness.login(localOrigin('witness', 'test'), noCredentials);
    const shutOut = async (): Promise<unknown> => Object(await awaited()).guard?.shutOut;
    for (const attacker of ['127.0.0.20', '127.0.0.21', '127.0.0.22'])
      assert.equal((await outcomes(attacker, 25)).filter((each) => each === 'admitted').length, 3);
    for (const client of ['127.0.0.30', '127.0.0.31'])
      assert.deepEqual((await outcomes(client, 5)).sort(), [...Array(3).fill('admitted'), 'reset', 'reset']);
    await until('both are found out', async () => (await shutOut()) === 2);
    await outcomes('127.0.0.32', 4);
    await until('it is back', async () => (await awaited()) === null);
    let told = '';
    await witness.execute('get', (part) => {
      if (part.kind === 'notice') told += part.text;
    });
    assert.match(
      told,
      /^Revision 2 of admin does not stand, since it shut out 3 sources/,
      'every session hears it',
    );
    assert.deepEqual(daemon.reported.slice(-2), [
      'Revision 2 of admin refuses 3 sources that the one before it would have admitted, and 2 at most were to be: 127.0.0.30 (web), 127.0.0.31 (web), 127.0.0.32 (web)',
      'Revision 2 of admin does not stand, since it shut out 3 sources: 127.0.0.30 (web), 127.0.0.31 (web), 127.0.0.32 (web): the one before it is in force again; system admin "admin": what was taken out of sshkey since is to be set again',
    ]);
    await until('it is in force', async () =>
      (await outcomes('127.0.0.40', 5)).every((each) => each === 'admitted'),
    );

    const { stdout: admins } = await state.here(['-c', 'show full-configuration system admin']);
    assert.ok(!admins.includes(publicKey(1)), 'nor does a key stand that it has added');

    // All who are connected are shut out by a policy that goes.
    const drop = 'config server-policy policy\ndelete web\nend';
    await typed(
      state,
      `execute config-transaction start\n${drop}\nexecute config-transaction commit confirmed 60 guard 2`,
    );
    await until('it is back', async () => (await awaited()) === null);
    await until('it serves', async () => (await outcomes('127.0.0.40', 1)).includes('admitted'));
  });

  test('comes back later where the disk is full when it is due, or at a start', async (context) => {
    const { catalogue } = await loadLanguage();
    const file = join(temporaryFolder(context), 'levee.db');
    context.mock.timers.enable({ apis: ['setTimeout'] });
    context.after(() => context.mock.timers.reset());
    const events: string[] = [];
    const watcher = {
      committed: () => undefined,
      forgotten: () => undefined,
      happened: (event: Event) => void events.push(describe(event).text),
    };
    const opened = () => {
      const store = new Store(file, catalogue);
      context.after(() => store.close());
      return { store, configuration: new StoredConfiguration(store, catalogue, watcher) };
    };
    const fill = (store: Store) => {
      const full = (): never => {
        throw new Error('database or disk is full');
      };
      const mocks = [
        context.mock.method(store, 'commit', full),
        context.mock.method(store.confirmation, 'clear', full),
      ];
      return () => {
        for (const { mock: mocked } of mocks) mocked.restore();
      };
    };
    const notBack =
      /^Revision 1 of anna is not to stand, since it .*, and the one before it can't be brought back: database or disk is full$/;
    const back = /^Revision 1 of anna does not stand, since it .*: the one before it is in force again$/;

    const first = opened();
    const draft = new Draft(first.configuration.view);
    const [row] = first.configuration.view.rows('system global', null);
    draft.set(row?.id ?? 0, 'hostname', 'other');
    const confirm = { within: 3_600_000, administrator: null, guard: 0 };
    first.configuration.commit(draft, { name: 'anna', origin: 'test' }, { confirm });
    const roomy = fill(first.store);
    const confirmed = first.configuration.confirm(null, { name: 'anna', origin: 'test' });
    assert.deepEqual(confirmed, { unsaved: 'database or disk is full' });
    assert.equal(first.configuration.awaited?.revision, 1);
    roomy();
    const empty = fill(first.store);
    events.length = 0;
    first.configuration.shutOut('192.0.2.1 (web)');
    assert.equal(events.length, 2);
    assert.match(events[1] ?? '', notBack);
    context.mock.timers.tick(5000);
    context.mock.timers.tick(5000);
    assert.equal(events.length, 2, 'it is said once');
    assert.equal(first.configuration.awaited?.revision, 1);
    first.configuration.leave();
    empty();
    first.store.close();

    const second = opened();
    const kept = second.store.confirmation.get();
    assert.ok(kept !== undefined);
    second.store.confirmation.set({ ...kept, deadline: 0 });
    const emptyAgain = fill(second.store);
    second.configuration.resume();
    assert.match(events[2] ?? '', notBack);
    emptyAgain();
    context.mock.timers.tick(5000);
    assert.match(events[3] ?? '', back);
    assert.equal(second.configuration.awaited, undefined);
    assert.equal(second.store.confirmation.get(), undefined);
    assert.equal(second.store.stored.revision, 2);
  });

  for (const clock of ['wall', 'monotonic'] as const) {
    test(`is overdue by the ${clock} clock, whatever the other says`, async () => {
      const now = { wall: 1_000_000, monotonic: 5000 };
      let kept: Confirmation | undefined;
      const stored = {
        get: () => kept,
        set: (confirmation: Confirmation) => {
          kept = confirmation;
        },
        clear: () => {
          kept = undefined;
        },
      };
      const { promise, resolve } = Promise.withResolvers<Confirmation>();
      const clocks = { wall: () => now.wall, monotonic: () => now.monotonic };
      const awaited = new AwaitedConfirmation(stored, resolve, clocks);
      const revision = { revision: 7, administrator: null, author: 'anna', origin: 'console', guard: null };
      awaited.begin(awaited.store(revision, 60_000), 60_000);
      now.wall -= 30_000;
      assert.equal(awaited.remaining, 60_000);
      now[clock] += clock === 'wall' ? 90_000 : 60_000;
      assert.equal(awaited.remaining, 0);
      assert.equal((await promise).revision, 7);
    });
  }
});
