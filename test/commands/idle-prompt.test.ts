import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { suite, test } from 'node:test';
import { promptAt } from '../../src/commands/session/prompt.ts';
import type { StateDirectory } from '../../src/daemon/state/state-directory.ts';
import type { Console, Ending } from '../../src/shell/console.ts';
import { noCredentials } from '../../src/system/login.ts';
import { FakeSession } from '../shell/fake-session.ts';

const file = `${tmpdir()}/nothing is written here`;
const state: StateDirectory = {
  path: tmpdir(),
  databaseCopy: '',
  database: file,
  lock: file,
  socket: file,
  log: file,
  secretKey: file,
  kernelTable: file,
  usedCodes: file,
  httpCertificate: '',
  sshHostKey: file,
};

/** How each session ends, and what the person answers after one that was idle; null = Ctrl-C. Gives what happened. */
async function play(
  whenIdle: 'end' | 'wait',
  endings: readonly Ending[],
  answers: readonly (string | null)[],
  losses: readonly string[] = [],
): Promise<readonly string[]> {
  const log: string[] = [];
  const [comingEndings, comingAnswers] = [[...endings], [...answers]];
  const next = <Value>(values: Value[]): Value => {
    const [value] = values.splice(0, 1);
    if (value === undefined) throw new Error(`nothing is left after: ${log.join(', ')}`);
    return value;
  };
  const console: Console = {
    isPlain: false,
    isOver: false,
    notify: () => undefined,
    announce: () => undefined,
    becomePlain: () => undefined,
    forgetTyped: () => undefined,
    ask: ({ message }) => {
      log.push(message);
      return Promise.resolve(next(comingAnswers));
    },
    perform: () => Promise.resolve(0),
    run: () => {
      log.push('session');
      return Promise.resolve(next(comingEndings));
    },
    cancel: () => Promise.resolve(),
    close: () => undefined,
  };
  const door = {
    login: () => Promise.resolve({ session: new FakeSession(), account: 1, notice: null }),
  };
  await promptAt(
    console,
    door,
    state,
    noCredentials,
    whenIdle === 'end' ? undefined : { greeting: '', losses: () => losses },
  );
  return log;
}

const waits = 'Levee runs on; Enter begins a new session';

suite('a prompt at which nothing was typed', () => {
  test('ends where another process is the running Levee', async () => {
    assert.deepEqual(await play('end', ['idle'], []), ['session']);
  });

  test('waits for somebody where it is the running Levee itself, and logs in anew', async () => {
    assert.deepEqual(await play('wait', ['idle', 'idle', 'left'], ['', '']), [
      'session',
      waits,
      'session',
      waits,
      'session',
    ]);
  });

  test('waits there too when the session of the person was ended', async () => {
    assert.deepEqual(await play('wait', ['revoked', 'left'], ['']), ['session', waits, 'session']);
  });

  test('asks before it ends what it protects, and goes on unless that is meant', async () => {
    const losses = ['the protection of 2 policies', 'transaction 3, which is not committed'];
    const asks = 'End the protection of 2 policies, and transaction 3, which is not committed?';
    assert.deepEqual(await play('wait', ['left', 'left', 'left'], ['no', null, 'yes'], losses), [
      ...['session', asks],
      ...['session', asks],
      ...['session', asks],
    ]);
  });

  test('is left by Ctrl-C there', async () => {
    assert.deepEqual(await play('wait', ['idle'], [null]), ['session', waits]);
  });
});
