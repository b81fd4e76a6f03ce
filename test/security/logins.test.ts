import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { codeOf, OneTimeCodes } from '../../src/access/one-time-codes.ts';
import { hashPasswordSync } from '../../src/access/password.ts';
import { Journal } from '../../src/daemon/logging/journal.ts';
import { type Entered, Logins } from '../../src/daemon/logins/logins.ts';
import { UsedCodes } from '../../src/daemon/state/used-codes.ts';
import { codesNotKept } from '../../src/events/administration.ts';
import { describe } from '../../src/events/events.ts';
import { doorOrigin, type LoginRefusal, localOrigin, noCredentials } from '../../src/system/login.ts';
import { catalogue, type Levee, openLevee, printed, secretKey } from '../cli/in-process.ts';
import { modelOf } from '../model/opening.ts';
import { temporaryFolder } from '../running/folder.ts';

const password = 'correct h\u00f6rse';
/** Of that password, and quick to check. */
const record = hashPasswordSync(password, { cost: 10, lanes: 1 });
const otherRecord = hashPasswordSync('another password', { cost: 10, lanes: 1 });

type Try = {
  readonly name?: string;
  readonly password?: string;
  readonly newPassword?: string;
  readonly code?: string;
  /** Where from: a login of this machine, or an address. */
  readonly from?: string;
};

/** A Levee that people log in to. */
class Door {
  readonly levee: Levee;
  /** All that the event log would get. */
  readonly events: string[] = [];
  /** What a try had to wait, in milliseconds. */
  readonly waits: number[] = [];
  /** Where it is kept which codes were used. */
  readonly usedCodes: string;
  #logins: Logins;

  constructor(context: TestContext) {
    this.levee = openLevee(context);
    this.usedCodes = join(temporaryFolder(context), 'levee.codes');
    this.#logins = this.#newLogins();
  }

  #newLogins(): Logins {
    const journal = new Journal();
    journal.open({ event: (event) => this.events.push(JSON.stringify([event, describe(event)])) });
    const { configuration } = this.levee;
    const ofAuthor = () => modelOf(catalogue, configuration);
    const kept = new UsedCodes(this.usedCodes, (reason) => journal.record(codesNotKept({ reason })));
    return new Logins(catalogue, configuration, journal, secretKey, new OneTimeCodes(kept), ofAuthor, {
      wait: async (milliseconds) => void this.waits.push(milliseconds),
    });
  }

  /** Another process lets in from now on. */
  restart(): void {
    this.#logins = this.#newLogins();
  }

  async has(...lines: readonly string[]): Promise<this> {
    assert.equal(printed(await this.levee.as('anna').type(...lines)), '');
    return this;
  }

  enter({
    name,
    password: given,
    newPassword,
    code,
    from = 'login 1000',
  }: Try): Promise<Entered | LoginRefusal> {
    const origin = from.startsWith('login')
      ? localOrigin('console', from)
      : doorOrigin({ type: 'ssh', row: 0 }, from);
    const credentials = {
      ...noCredentials,
      name: name ?? null,
      password: given ?? null,
      newPassword: newPassword ?? null,
      code: code ?? null,
    };
    return this.#logins.enter(origin, credentials);
  }

  async wrong(tries: number, attempt: Try): Promise<void> {
    for (let count = 0; count < tries; count++) {
      assert.ok('kind' in (await this.enter({ password: 'a wrong one', ...attempt })));
    }
  }

  async enters(attempt: Try): Promise<void> {
    const entered = await this.enter(attempt);
    assert.ok(!('kind' in entered), JSON.stringify(entered));
  }
}

const administrators = ['config system admin', 'edit admin', `set password ENC ${record}`, 'next', 'end'];

function guarded(context: TestContext): Promise<Door> {
  return new Door(context).has(...administrators);
}

/** Whose administrator has a second factor, and the code of now. */
async function withCodes(context: TestContext): Promise<{ readonly door: Door; readonly code: string }> {
  const door = await guarded(context);
  await door.has(
    'config system admin',
    'edit admin',
    'set two-factor totp',
    'set totp-secret GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    'end',
  );
  const secret = Buffer.from('12345678901234567890');
  return { door, code: codeOf(secret, Math.floor(Date.now() / 30_000)) };
}

async function refusal(entering: Promise<Entered | LoginRefusal>): Promise<string> {
  const refused = await entering;
  assert.ok('kind' in refused, 'it was let in');
  return refused.reason;
}

suite('logins', () => {
  test('nobody at a prompt of the machine can lock an administrator out', async (context) => {
    const door = await guarded(context);
    await door.wrong(40, { name: 'admin', from: 'login 1001' });
    assert.deepEqual(door.waits.slice(0, 3), [1000, 2000, 4000]);
    door.waits.length = 0;
    await door.enters({ name: 'admin', password, from: 'login 1000' });
    assert.deepEqual(door.waits, [], 'another user of the machine does not even wait');
    await door.enters({ name: 'admin', password, from: 'login 1001' });
    assert.deepEqual(door.waits, [10_000], 'nor is the same one refused');
  });

  test('wrong passwords from another machine shut out the address that they come from, and no other', async (context) => {
    const door = await guarded(context);
    const admin = { name: 'admin', password };
    await door.wrong(3, { name: 'admin', from: '192.0.2.1' });
    assert.match(await refusal(door.enter({ ...admin, from: '192.0.2.1' })), /^too many wrong passwords/);
    await door.enters({ ...admin, from: '192.0.2.2' });
    await door.enters({ ...admin, from: 'login 1000' });
    assert.deepEqual(door.waits, []);
  });

  test('a code is asked besides the password at the console too, and lets in once', async (context) => {
    const { door, code } = await withCodes(context);
    for (const from of ['login 1000', '192.0.2.1']) {
      const asked = await door.enter({ name: 'admin', password, from });
      assert.equal('kind' in asked && asked.kind, 'code', from);
      const wrong = door.enter({ name: 'admin', password: 'a wrong one', code, from });
      assert.equal(await refusal(wrong), 'name or password is wrong');
    }
    const twice = [1, 2].map(() => door.enter({ name: 'admin', password, code }));
    const [one, other] = await Promise.all(twice);
    assert.deepEqual([one && 'kind' in one, other && 'kind' in other], [false, true]);
    assert.ok('kind' in (await door.enter({ name: 'admin', password, code })));
  });

  test('a code that has let in does not do so after a restart either', async (context) => {
    const { door, code } = await withCodes(context);
    await door.enters({ name: 'admin', password, code });
    door.restart();
    assert.equal(await refusal(door.enter({ name: 'admin', password, code })), 'name or password is wrong');
    assert.match(readFileSync(door.usedCodes, 'utf8'), /^[0-9a-f]{64} \d+\n$/);
    assert.equal(statSync(door.usedCodes).mode & 0o777, 0o600);
  });

  test('a code lets in once also where that can not be kept, which is told', async (context) => {
    const { door, code } = await withCodes(context);
    mkdirSync(door.usedCodes);
    await door.enters({ name: 'admin', password, code });
    assert.ok('kind' in (await door.enter({ name: 'admin', password, code })));
    assert.match(door.events.join('\n'), /codes-not-kept.*EISDIR|codes-not-kept.*directory/);
    rmSync(door.usedCodes, { recursive: true });
  });

  test('nobody comes from a host that the account does not trust, and the log says that it was that', async (context) => {
    const door = await guarded(context);
    await door.has('config system admin', 'edit admin', 'set trusthostv4 198.51.100.0/24', 'end');
    const refused = await refusal(door.enter({ name: 'admin', password, from: '192.0.2.1' }));
    assert.equal(refused, 'name or password is wrong');
    assert.match(
      door.events.at(-1) ?? '',
      /User admin could not log in from ssh\(192\.0\.2\.1\): that host is not trusted/,
    );
    await door.enters({ name: 'admin', password, from: '198.51.100.1' });
    await door.enters({ name: 'admin', password, from: 'login 1000' });
    await door.has('config system admin', 'edit carl', 'set access-profile prof_admin', 'end');
    const noPassword = await refusal(door.enter({ name: 'carl', password: '', from: '192.0.2.1' }));
    assert.equal(noPassword, 'name or password is wrong');
    assert.match(door.events.at(-1) ?? '', /User carl could not log in .*: the account has no password/);
  });

  test('wrong passwords do not fill the log, however many there are', async (context) => {
    const door = await guarded(context);
    await door.wrong(100, { name: 'admin' });
    assert.equal(door.events.length, 8);
    assert.match(door.events.at(-1) ?? '', /name or password is wrong, 96 times by now/);
  });

  test('what is typed for a name that does not exist is in no log', async (context) => {
    const door = await guarded(context);
    await door.wrong(1, { name: 'Pa55word-in-the-wrong-place' });
    await door.wrong(1, { name: 'admin' });
    assert.doesNotMatch(door.events.join(), /Pa55word|a wrong one/);
    assert.match(door.events[0] ?? '', /Somebody could not log in from console/);
    assert.match(door.events[1] ?? '', /User admin could not log in from console/);
  });

  test('an account that is deleted or changed while its password is looked at lets nobody in', async (context) => {
    // It takes a quarter of a second to look at.
    const slow = hashPasswordSync(password, { cost: 17, lanes: 1 });
    for (const meanwhile of [['delete bob'], ['edit bob', `set password ENC ${otherRecord}`, 'next']]) {
      const door = await guarded(context);
      const bob = ['config system admin', 'edit bob', 'set access-profile prof_admin'];
      await door.has(...bob, `set password ENC ${slow}`, 'next', 'end');
      const entering = door.enter({ name: 'bob', password });
      await door.has('config system admin', ...meanwhile, 'end');
      assert.equal(await refusal(entering), 'name or password is wrong');
    }
  });
});

suite('forced changes', () => {
  test('a forced change of the password can not be skipped where there is none', async (context) => {
    const door = await new Door(context).has(
      'config system admin',
      'edit admin',
      'set force-password-change enable',
      'next',
      'end',
    );
    for (const name of [undefined, 'admin']) {
      const attempt = name === undefined ? {} : { name };
      assert.equal(await refusal(door.enter(attempt)), 'a new password is wanted');
      assert.match(await refusal(door.enter({ ...attempt, newPassword: 'short' })), /at least 8/);
    }
    await door.enters({ newPassword: 'a new password' });
    assert.equal(await refusal(door.enter({})), 'name and password are wanted');
    await door.enters({ name: 'admin', password: 'a new password' });
  });

  test('a forced change of the password does not take the old one in another normal form', async (context) => {
    const door = await guarded(context);
    await door.has('config system admin', 'edit admin', 'set force-password-change enable', 'next', 'end');
    for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) {
      const newPassword = password.normalize(form);
      const reason = await refusal(door.enter({ name: 'admin', password, newPassword }));
      assert.equal(reason, 'the new password is the old one');
    }
    await door.enters({ name: 'admin', password, newPassword: 'a new password' });
  });
});
