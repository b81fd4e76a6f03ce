import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { hashPasswordSync } from '../../src/access/password.ts';
import { newState, type State } from '../running/levee.ts';
import { noPseudoTerminal, PseudoTerminal } from '../terminal/pseudo-terminal.ts';
import type { SeenTerminal } from '../terminal/seen-terminal.ts';

/** Every password that some test types; each is unlike any other text. */
const passwords = {
  admin: 'first-Pa55-of-admin',
  ann: 'given-Pa55-to-ann',
  chosen: 'chosen-Pa55-by-ann',
  refused: 'refused-Pa55',
  wrong: 'wrong-Pa55-typed',
};

/** What is kept of a password, at the least effort that is allowed: to check it is not what takes the time here. */
function kept(password: string): string {
  return `ENC ${hashPasswordSync(password, { cost: 10, lanes: 1 })}`;
}

const configuration = `
config system accprofile
  edit "auditor"
    set wafgrp r
    set admingrp r
  next
end
config system admin
  edit "admin"
    set password ${kept(passwords.admin)}
  next
  edit "ann"
    set access-profile "auditor"
    set password ${kept(passwords.ann)}
    set force-password-change enable
  next
end
`;

function passwordFile(state: State, password: string): string {
  const file = join(state.path, '..', 'password');
  writeFileSync(file, `${password}\n`);
  return file;
}

async function stateWithAdministrators(context: TestContext): Promise<State> {
  const state = newState(context);
  const { status, stdout, stderr } = await state.here(['import', '-'], configuration);
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
  return state;
}

/** A process, on a terminal of the operating system, which may be left as it should not be. */
function processOn(state: State, ...words: readonly string[]): SeenTerminal {
  return new PseudoTerminal(100, 30, {}, state.command(words));
}

function terminal(state: State, ...words: readonly string[]): Promise<SeenTerminal> {
  return state.terminal(100, 30, words);
}

/** Answers the question that stands there. */
async function answer(levee: SeenTerminal, question: string, text: string): Promise<void> {
  await levee.has(`? ${question} : █`);
  levee.type(text);
  await levee.has(`? ${question} : ${question === 'login' ? text : '*'.repeat(text.length)}`);
  levee.type('\r');
}

async function logIn(levee: SeenTerminal, name: string, password: string): Promise<void> {
  await answer(levee, 'login', name);
  await answer(levee, 'password', password);
}

/** Nothing in the files of a state directory, nor in what was shown, is a password in clear text. */
function assertNoPassword(state: State, ...shown: readonly string[]): void {
  const files = readdirSync(state.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  assert.ok(files.length > 1);
  for (const text of [...files, ...shown]) {
    for (const password of Object.values(passwords)) assert.ok(!text.includes(password), password);
  }
}

function screen({ terminal: { all } }: SeenTerminal): string {
  return all.join('\n');
}

suite('administrators on a terminal', { concurrency: 2 }, () => {
  const typed = 'until admin has a password nobody asks; set at the prompt, it is wanted from then on';
  test(typed, { skip: noPseudoTerminal }, async (context) => {
    const state = newState(context);
    const first = processOn(state);
    await first.has('the account "admin" has no password');
    await first.has('Levee # █');
    first.type('config system admin\redit admin\r');
    await first.has('(admin) # █');
    for (const line of [
      'set password short',
      `set password "${passwords.refused} with" spaces`,
      `set passwrod ${passwords.refused}`,
      `set password ${passwords.admin}`,
      'show',
      'get',
      'show | json',
    ]) {
      first.type(`\f${line}\r`);
      await first.has(`(admin) # ${line}\n`);
      await first.has('(admin) # █');
    }
    first.type('end\r');
    await first.has('Levee # █');
    // Neither the history nor the way back through it has what was typed.
    first.type('\f\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A');
    await first.shows('Levee # edit admin█');
    first.type('\x15exit\r');
    assert.deepEqual(await first.end(), { status: 0, cooked: true });
    const [name = ''] = readdirSync(state.path).filter((each) => each.startsWith('history'));
    const history = readFileSync(join(state.path, name), 'utf8');
    assert.match(history, /edit admin/);
    assert.doesNotMatch(history, /Pa55|short/);
    // Messages and JSON, all but the lines as they were typed.
    const answers = first.terminal.all.filter((row) => !row.startsWith('Levee (admin) # set pass'));
    assert.ok(answers.some((row) => row.includes('"password": "ENC ')));
    assert.ok(answers.some((row) => row.includes('set password ******')));
    assertNoPassword(state, answers.join('\n'));

    const second = await terminal(state);
    await logIn(second, 'admin', passwords.admin);
    await second.has('Levee # █');
    second.type('exit\r');
    assert.equal((await second.end()).status, 0);
    assert.doesNotMatch(screen(second), /no password/);
    assertNoPassword(state, screen(second));
  });

  for (const served of [false, true]) {
    test(`three wrong passwords make the next try wait, ${served ? 'through the socket of a daemon' : 'alone'}`, async (context) => {
      const state = await stateWithAdministrators(context);
      const daemon = served ? await state.daemonHere() : undefined;
      const levee = await terminal(state, '--user', 'admin');
      await answer(levee, 'password', passwords.wrong);
      await levee.has('name or password is wrong\n');
      await logIn(levee, 'nobody', passwords.wrong);
      await levee.has('name or password is wrong\n');
      await logIn(levee, 'admin', passwords.wrong);
      await logIn(levee, 'admin', passwords.wrong);
      await levee.has('name or password is wrong; the next try takes 1 second\n? login : █');
      await logIn(levee, 'admin', passwords.admin);
      await levee.has('Levee # █');
      levee.type('exit\r');
      assert.deepEqual(await levee.end(), { status: 0, cooked: true });
      await daemon?.stop();
      assertNoPassword(state, screen(levee));
    });

    test(`a first login takes a new password, ${served ? 'through the socket of a daemon' : 'alone'}`, async (context) => {
      const state = await stateWithAdministrators(context);
      const daemon = served ? await state.daemonHere() : undefined;
      const file = passwordFile(state, passwords.ann);
      const show = ['--user', 'ann', '--password-file', file, '-c', 'show system admin ann'];
      const early = await state.here(show);
      assert.deepEqual(
        [early.status, early.stdout, early.stderr],
        [1, '', 'levee: a new password is wanted: log in at a terminal to choose it\n'],
      );
      const levee = await terminal(state, '--user', 'ann');
      await answer(levee, 'password', passwords.ann);
      await levee.has('a new password is wanted\n');
      for (const [once, again, reason] of [
        [passwords.refused, passwords.wrong, 'these are not the same'],
        ['short', 'short', 'a password of at least 8 characters'],
        [passwords.ann, passwords.ann, 'the new password is the old one'],
        [passwords.chosen, passwords.chosen, 'Levee $ █'],
      ] as const) {
        await answer(levee, 'new password', once);
        await answer(levee, 'the same again', again);
        await levee.has(reason);
      }
      levee.type('\fconfig waf layer4-connection-flood-check-rule\redit "new"\r');
      await levee.has('Command fail. Return code -37\nLevee (layer4-connection-flood-check-rule) $ █');
      levee.type('end\rexit\r');
      assert.deepEqual(await levee.end(), { status: 0, cooked: true });
      assert.equal((await state.here(show)).stderr, 'levee: name or password is wrong\n');
      passwordFile(state, passwords.chosen);
      const late = await state.here(show);
      assert.deepEqual([late.status, late.stderr], [0, '']);
      assert.match(late.stdout, /edit "ann"/);
      assert.doesNotMatch(late.stdout, /force-password-change/);
      await daemon?.stop();
      assertNoPassword(state, screen(levee), late.stdout, early.stderr);
    });
  }

  const early = 'what is typed before a question for name or password goes to it, and never to the prompt';
  test(early, { skip: noPseudoTerminal }, async (context) => {
    const state = await stateWithAdministrators(context);
    const levee = await terminal(state);
    levee.type(`ann\r${passwords.ann}\r`);
    await levee.has(`? password : ${'*'.repeat(passwords.ann.length)}`);
    await levee.has('? new password : █');
    levee.type(`${passwords.chosen}\r${passwords.chosen}\rshow | count\r`);
    await levee.has('Levee $ show | count\n');
    levee.type('exit\r');
    await levee.end();
    assertNoPassword(state, screen(levee));
  });

  const left = 'Ctrl-C in the question for name or password ends it, and the terminal is as it was';
  test(left, { skip: noPseudoTerminal }, async (context) => {
    const state = await stateWithAdministrators(context);
    const beforeName = processOn(state);
    await beforeName.has('? login : █');
    beforeName.type('\x03');
    assert.deepEqual(await beforeName.end(), { status: 1, cooked: true });
    assert.match(screen(beforeName), /levee: name and password are wanted/);
    const withPassword = await terminal(state, '--user', 'ann');
    await withPassword.has('? password : █');
    withPassword.type('half a pass\x03');
    assert.deepEqual(await withPassword.end(), { status: 1, cooked: true });
    const whileChanging = await terminal(state, '--user', 'ann');
    await answer(whileChanging, 'password', passwords.ann);
    await whileChanging.has('? new password : █');
    whileChanging.type('\x03');
    assert.deepEqual(await whileChanging.end(), { status: 1, cooked: true });
    assert.doesNotMatch(screen(whileChanging), /Levee \$/);
  });

  test('Ctrl-C in the question for a password ends a client of a daemon', async (context) => {
    const state = await stateWithAdministrators(context);
    await state.daemonHere();
    const levee = await terminal(state, '--user', 'ann');
    await levee.has('? password : █');
    levee.type('\x03');
    assert.deepEqual(await levee.end(), { status: 1, cooked: true });
  });

  test('a script gives the password in a file or the environment', async (context) => {
    const state = await stateWithAdministrators(context);
    const file = passwordFile(state, passwords.admin);
    const shown = await state.run(['--user', 'admin', '--password-file', file, '-c', 'show | json']);
    assert.deepEqual([shown.status, shown.stderr], [0, '']);
    const full = await state.here(
      ['--user', 'admin', '--password-file', file],
      'show full-configuration\nget system admin admin\n',
    );
    assert.match(full.stdout, /password +: \*{6}/);
    passwordFile(state, passwords.wrong);
    const wrong = await state.here(['--user', 'admin', '--password-file', file, 'export']);
    assert.deepEqual([wrong.status, wrong.stderr], [1, 'levee: name or password is wrong\n']);
    const none = await state.here(['-c', 'show']);
    assert.match(none.stderr, /^levee: name and password are wanted: --user NAME/);
    const levee = await state.terminal(100, 30, ['--user', 'admin'], { LEVEE_PASSWORD: passwords.admin });
    await levee.has('Levee # █');
    levee.type('exit\r');
    assert.equal((await levee.end()).status, 0);
    assertNoPassword(state, shown.stdout, full.stdout, screen(levee), none.stderr, wrong.stderr);
  });
});
