import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import type { Session } from '../../src/cli/session/session.ts';
import { Owner } from '../../src/daemon/owner.ts';
import { openStateDirectory } from '../../src/daemon/state/state-directory.ts';
import { describe } from '../../src/events/events.ts';
import { localOrigin, noCredentials } from '../../src/system/login.ts';
import { converse } from '../cli/converse.ts';
import { FollowedLog } from '../cli/followed-log.ts';
import { collect, type Levee, openLevee, printed, type Reply, type Typist } from '../cli/in-process.ts';
import { until } from '../running/condition.ts';
import { newState } from '../running/levee.ts';

const administrators = `
config system accprofile
  edit "all"
    set admingrp rw
    set filegrp rw
    set loggrp rw
    set sysgrp rw
    set traroutegrp rw
    set wafgrp rw
  next
  edit "reader"
    set loggrp rw
    set wafgrp r
  next
  edit "operator"
    set filegrp r
    set traroutegrp r
  next
  edit "nothing"
  next
end
config system admin
  edit "bob"
    set access-profile "all"
  next
  edit "carol"
    set access-profile "all"
  next
end
config waf layer4-connection-flood-check-rule
  edit "one"
  next
  edit "two"
  next
end
`;

const rules = 'config waf layer4-connection-flood-check-rule';
const deletion = ['config system admin', 'delete "bob"', 'end'];

type Scene = {
  readonly levee: Levee;
  readonly log: FollowedLog;
  readonly bob: Typist;
  /** Runs lines of somebody else that nothing is wrong with. */
  meanwhile(...lines: readonly string[]): Promise<void>;
  /** Gives Bob another profile. */
  demote(profile: string): Promise<void>;
};

async function open(context: TestContext): Promise<Scene> {
  const levee = openLevee(context);
  const admin = levee.as('admin');
  assert.equal(printed(await admin.import(administrators)), '');
  const log = new FollowedLog();
  const meanwhile = async (...lines: readonly string[]): Promise<void> =>
    assert.equal(printed(await admin.type(...lines)), '');
  return {
    levee,
    log,
    bob: levee.asAdministrator('bob', log.system),
    meanwhile,
    demote: (profile) =>
      meanwhile('config system admin', 'edit "bob"', `set access-profile "${profile}"`, 'next', 'end'),
  };
}

async function done(typist: Typist, ...lines: readonly string[]): Promise<void> {
  assert.equal(printed(await typist.type(...lines)), '');
}

function errorsOf({ problems }: Reply): readonly string[] {
  return problems.map(({ error }) => error);
}

const deleted = 'Levee has ended this session: the account "bob" was deleted by admin';

suite('whoever loses a permission', () => {
  test('what an administrator may change is asked again when it is saved', async (context) => {
    const { levee, bob, demote } = await open(context);
    await done(bob, rules, 'edit "one"', 'set layer4-connection-threshold 7');
    await demote('reader');
    const { revision } = levee.configuration.view;
    const reply = await bob.type('next');
    assert.deepEqual(errorsOf(reply), ['permission']);
    assert.equal(reply.outcome.prompt, 'Levee (one) # ', 'the row is still open, and can be left by abort');
    assert.equal(levee.configuration.view.revision, revision);
    await done(bob, 'abort');
    assert.deepEqual(errorsOf(await bob.type(rules, 'edit "new"', 'end')), ['permission']);
    assert.match((await bob.type('show waf layer4-connection-flood-check-rule')).output, /edit "one"/);
    await demote('nothing');
    await done(bob, 'show');
    assert.deepEqual(errorsOf(await bob.type(rules)), ['permission']);
  });

  test('in a table that is closed to them since, nothing can be seen any more', async (context) => {
    const { bob, demote } = await open(context);
    await done(bob, rules);
    await demote('nothing');
    for (const line of ['show', 'get', 'edit "one"', 'edit "none"', 'delete "one"', 'purge', 'tree']) {
      const { problems, output } = await bob.type(line);
      assert.deepEqual([problems.map(({ error }) => error), output], [['permission'], ''], line);
    }
    assert.deepEqual((await bob.session.complete('edit ', 5)).candidates, []);
    await done(bob, 'end');
  });

  test('what a question is asked for needs the permission when it is answered', async (context) => {
    for (const lose of ['reader', 'nothing']) {
      const { levee, bob, demote } = await open(context);
      await done(bob, rules);
      let told = '';
      const asked = Promise.withResolvers<void>();
      const running = bob.session.execute('purge', (part) => {
        if (part.kind === 'question') asked.resolve();
        if (part.kind === 'problem') told += part.problem.error;
      });
      await asked.promise;
      await demote(lose);
      bob.session.answer('yes');
      assert.equal((await running).status, 1);
      assert.equal(told, 'permission');
      assert.match(await levee.show(), /edit "one"/);
    }
  });

  test('a file that is read for a command is of no use to who may not have the answer any more', async (context) => {
    for (const lose of ['operator', 'nothing']) {
      const { bob, demote } = await open(context);
      const kinds: string[] = [];
      const asked = Promise.withResolvers<void>();
      const running = bob.session.execute('execute replay capture candidate file', (part) => {
        kinds.push(part.kind === 'problem' ? part.problem.error : part.kind);
        if (part.kind === 'file-wanted') asked.resolve();
      });
      await asked.promise;
      await demote(lose);
      bob.session.answer('# no more');
      assert.equal((await running).status, 1);
      assert.deepEqual(kinds, ['file-wanted', 'permission']);
    }
  });

  test('a log is shown no further than the permission goes', async (context) => {
    const { log, bob, demote } = await open(context);
    let output = '';
    let told = '';
    const running = bob.session.execute('execute log tail', (part) => {
      if (part.kind === 'output') output += part.text;
      if (part.kind === 'problem') told += part.problem.error;
    });
    await until('it follows', () => log.isFollowed);
    log.record({ line: 'before', fields: {} });
    await until('it is shown', () => output === 'before\n');
    log.record({ line: 'waits', fields: {} });
    await demote('reader');
    log.record({ line: 'still permitted', fields: {} });
    await until('it is shown', () => output.endsWith('permitted\n'));
    log.record({ line: 'waits for the next look', fields: {} });
    await demote('nothing');
    log.record({ line: 'after', fields: {} });
    assert.equal((await running).status, 1);
    assert.equal(told, 'permission');
    assert.equal(output, 'before\nwaits\nstill permitted\n');
    assert.ok(!log.isFollowed);
  });

  test('an import is refused as a whole that began with the permission', async (context) => {
    const { levee, bob, demote } = await open(context);
    // Hashing takes its time, in which somebody else commits.
    const text = `config system admin\nedit "mallory"\nset access-profile "all"\nset password "a long password"\nnext\nend\n`;
    const running = bob.import(text);
    await demote('reader');
    const [first] = errorsOf(await running);
    assert.equal(first, 'permission');
    assert.doesNotMatch(await levee.show(), /mallory/);
  });
});

/** A Levee with the account "bob", in whose name somebody has logged in; what its event log has since then. */
async function loggedIn(context: TestContext) {
  const events: string[] = [];
  const state = openStateDirectory(newState(context).path, {});
  const owner = await Owner.open(state, 'the test', () => undefined);
  assert.ok(owner instanceof Owner);
  context.after(() => owner.close());
  const run = async (session: Session, ...lines: readonly string[]): Promise<void> =>
    assert.equal(printed(await collect((emit) => session.execute(lines.join('\n'), emit))), '');
  const admin = owner.session('the test');
  await run(admin, 'config system admin', 'edit bob', 'set access-profile prof_admin', 'next', 'end');
  const login = await owner.login(localOrigin('console', 'test'), { ...noCredentials, name: 'bob' });
  assert.ok('session' in login);
  owner.journal.open({ event: (event) => events.push(describe(event).text) });
  return { owner, events, admin, bob: login.session, run };
}

suite('the sessions of an account', () => {
  test('the event log says of an administrator who was logged out why, and names accounts as they are called then', async (context) => {
    const { events, admin, bob, run } = await loggedIn(context);
    await run(admin, 'config system admin', 'rename bob to robert', 'end');
    await run(bob, 'config system global', 'set hostname guard', 'end');
    await run(admin, 'config system admin', 'delete robert', 'end');
    await bob.revoked;
    assert.deepEqual(events.filter((text) => text.includes('robert')).slice(1), [
      'User robert changed system global hostname to guard from console',
      'User levee deleted system admin "robert", with access-profile prof_admin from the test',
      'User robert was logged out from console: the account "robert" was deleted by levee',
    ]);
  });

  test('a deleted administrator is logged out, and commits nothing that was pending', async (context) => {
    const { levee, bob, meanwhile } = await open(context);
    await done(bob, 'config system admin', 'edit "mallory"', 'set access-profile "all"');
    await meanwhile(...deletion);
    assert.equal(await bob.session.revoked, deleted);
    const { outcome, notices } = await bob.type('next', 'end');
    assert.deepEqual([outcome.status, outcome.closed, outcome.revoked], [1, true, true]);
    assert.equal(notices, `${deleted}\n`);
    assert.equal((await bob.import('config system global\nset hostname mine\nend\n')).outcome.status, 1);
    assert.doesNotMatch(await levee.show(), /mallory|mine/);
  });

  test('the command of a deleted administrator ends, and says why', async (context) => {
    const { levee, log, bob, meanwhile } = await open(context);
    const following = bob.type('execute log tail');
    await until('it follows', () => log.isFollowed);
    const importing = levee.asAdministrator('bob');
    const running = importing.import(
      'config system admin\nedit "mallory"\nset password "a long password"\nend\n',
    );
    await meanwhile(...deletion);
    for (const { outcome, notices } of [await following, await running]) {
      assert.ok(outcome.closed && outcome.revoked);
      assert.ok(notices.endsWith(`${deleted}\n`), notices);
    }
    assert.ok(!log.isFollowed);
    assert.doesNotMatch(await levee.show(), /mallory/);
  });

  test('an account of the same name that is made anew is another one', async (context) => {
    const { levee, bob, meanwhile } = await open(context);
    await meanwhile(
      'config system admin',
      'delete "bob"',
      'edit "bob"',
      'set access-profile "all"',
      'next',
      'end',
    );
    assert.equal(await bob.session.revoked, deleted);
    await done(levee.asAdministrator('bob'), 'show');
  });

  test('a changed password ends all of them but the one that changed it', async (context) => {
    const { levee, bob, meanwhile } = await open(context);
    const other = levee.asAdministrator('bob');
    const reason = (author: string): string =>
      `Levee has ended this session: the password of "bob" was changed by ${author}`;
    const change = ['config system admin', 'edit "bob"', 'set password "a long password"', 'next', 'end'];
    await done(bob, ...change);
    assert.equal(await other.session.revoked, reason('bob'));
    await done(bob, ...change.with(2, 'set force-password-change enable'));
    await meanwhile(...change.with(2, 'unset password'));
    assert.equal(await bob.session.revoked, reason('admin'));
  });

  test('an administrator who deletes himself is out', async (context) => {
    const { bob } = await open(context);
    const { outcome, told } = await converse(bob, 'config system admin\ndelete "bob"\nshow', ['yes']);
    assert.deepEqual([outcome.status, outcome.revoked], [0, true]);
    assert.match(told, /was deleted by bob/);
  });
});
