import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { newState, type State } from '../running/levee.ts';
import { noPseudoTerminal, PseudoTerminal } from '../terminal/pseudo-terminal.ts';
import type { SeenTerminal } from '../terminal/seen-terminal.ts';

const prompt = /^Levee (?:\([^)]*\) )?[#$] $/;

/**
 * A program at the prompt, as netmiko, Ansible and expect are: it sends a line, reads until the last line is a prompt or a
 * question, and takes what stands between the echo and that for the answer.
 */
class Robot {
  readonly #terminal: SeenTerminal;
  #read = 0;

  constructor(context: TestContext, terminal: SeenTerminal) {
    this.#terminal = terminal;
    context.after(() => terminal.hangUp());
  }

  /** All that has come. */
  get bytes(): string {
    return this.#terminal.written;
  }

  async until(end: RegExp): Promise<string> {
    await this.#terminal.wrote(end, () => end.test(this.#rest.split('\n').at(-1) ?? ''));
    const text = this.#rest;
    this.#read += text.length;
    return text;
  }

  get #rest(): string {
    return this.bytes.slice(this.#read);
  }

  send(text: string): void {
    this.#terminal.type(text);
  }

  /** The answer to a command, its echo taken off. */
  async answer(command: string, end = prompt): Promise<string> {
    this.send(`${command}\n`);
    const text = await this.until(end);
    assert.ok(text.startsWith(`${command}\r\n`), `the echo of ${command} in ${JSON.stringify(text)}`);
    const lines = text.slice(command.length + 2).split('\r\n');
    return lines.slice(0, -1).join('\n');
  }

  async end(): Promise<void> {
    this.send('exit\n');
    assert.deepEqual(await this.#terminal.end(), { status: 0, cooked: true });
    assert.ok(!this.bytes.includes('\x1b'), JSON.stringify(this.bytes));
    assert.ok(!this.bytes.includes('\r\r'), JSON.stringify(this.bytes));
  }
}

const [columns, rows] = [40, 12];

/** At a prompt in this process. */
async function robotAt(
  context: TestContext,
  state: State,
  words: readonly string[] = [],
  environment: NodeJS.ProcessEnv = { TERM: 'dumb' },
): Promise<Robot> {
  return new Robot(context, await state.terminal(columns, rows, words, environment));
}

async function stateOf(context: TestContext, configuration: string): Promise<State> {
  const state = newState(context);
  const { status, stderr } = await state.here(['import', '-'], configuration);
  assert.deepEqual([status, stderr], [0, '']);
  return state;
}

suite('programs at a plain prompt', { concurrency: 2 }, () => {
  const whole = 'netmiko finds the prompt, switches the pager off, configures and reads';
  test(whole, { skip: noPseudoTerminal }, async (context) => {
    const command = newState(context).command([]);
    const terminal = new PseudoTerminal(columns, rows, { TERM: 'dumb' }, command);
    const robot = new Robot(context, terminal);
    assert.match(await robot.until(prompt), prompt, 'nothing comes before the first prompt');
    assert.match(await robot.answer('get system status'), /^Version: +Levee /m);
    assert.equal(await robot.answer('config system console'), '');
    assert.equal(await robot.answer('set output standard'), '');
    assert.equal(await robot.answer('end'), 'nothing has changed: there is no new revision');
    assert.equal(await robot.answer('config waf layer4-connection-flood-check-rule'), '');
    const name = 'a rule with a name that is wider than this terminal';
    assert.equal(await robot.answer(`edit "${name}"`), `new entry '${name}' added`);
    assert.match(await robot.answer('set action alarm'), /^Command fail\. Return code -651$/m);
    robot.send('\tset action alert_deny\n\t\tset layer4-connection-threshold 7\nnext\nend\n');
    await robot.until(/^Levee # $/);
    const shown = await robot.answer('show waf layer4-connection-flood-check-rule|grep set');
    assert.equal(shown, '    set layer4-connection-threshold 7\n    set action alert_deny');
    assert.ok((await robot.answer('show full-configuration')).split('\n').length > 30, 'no page ends it');
    await robot.end();
  });

  test('Ansible answers --More-- with a blank and a question with a key', async (context) => {
    const robot = await robotAt(
      context,
      await stateOf(context, 'config system console\nset output more\nend\n'),
    );
    await robot.until(prompt);
    robot.send('show full-configuration\n');
    let pages = 0;
    let text = await robot.until(/--More-- $|# $/);
    while (!prompt.test(text.split(/[\r\n]/).at(-1) ?? '')) {
      pages += 1;
      robot.send(' ');
      text = await robot.until(/--More-- $|# $/);
    }
    assert.ok(pages > 2);
    await robot.answer('config log trigger-policy');
    await robot.answer('edit "one"');
    await robot.answer('next');
    robot.send('purge\n');
    await robot.until(/\(y\/n\) $/);
    // A command that was sent too early confirms nothing.
    robot.send('get system status\n');
    assert.match(await robot.until(prompt), /^n\r\n/);
    robot.send('purge\n');
    assert.match(await robot.until(/\(y\/n\) $/), /^purge\r\n/);
    robot.send('y');
    assert.match(await robot.until(prompt), /^y\r\n/);
    assert.equal(await robot.answer('show | count'), '2');
    await robot.answer('end');
    await robot.end();
  });

  test('a tab is echoed as it was sent, at once or slowly, and lists nothing', async (context) => {
    const robot = await robotAt(context, newState(context));
    await robot.until(prompt);
    assert.equal(await robot.answer('show | grep "a\tb"'), '');
    assert.equal(await robot.answer('\tshow |\tcount'), '5');
    for (const [sent, echo] of [
      ['\t', '\t'],
      ['sh', 'sh'],
      ['\t', 'ow '],
      ['\t', '\t'],
      ['system a', 'system a'],
      ['\t', '\t'],
    ] as const) {
      robot.send(sent);
      assert.equal(await robot.until(new RegExp(`${echo}$`)), echo);
    }
    robot.send('\n');
    assert.match(await robot.until(prompt), /^\r\nambiguous command before 'a'\r\n/);
    await robot.end();
  });

  test('what was done is said, and a file is overwritten once that was asked', async (context) => {
    const state = newState(context);
    const robot = await robotAt(context, state);
    await robot.until(prompt);
    const file = join(state.path, '..', 'saved');
    assert.equal(await robot.answer(`show | save ${file}`), `5 lines written to '${file}'`);
    for (const [key, said] of [
      ['n', `n\n'${file}' stays as it was`],
      ['y', `y\n5 lines written to '${file}'`],
    ] as const) {
      robot.send(`show | save ${file}\n`);
      assert.match(await robot.until(/\(y\/n\) $/), /Overwrite '.*'\? \(y\/n\) $/);
      robot.send(key);
      const text = await robot.until(prompt);
      assert.equal(text.split('\r\n').slice(0, -1).join('\n'), said);
    }
    await robot.end();
  });

  test('expect logs in where a password is wanted, and an administrator can be a program on any terminal', async (context) => {
    const state = await stateOf(
      context,
      'config system admin\nedit admin\nset password "Pa55 word of it"\nnext\nend\n',
    );
    const robot = await robotAt(context, state);
    assert.equal(await robot.until(/login: $/), 'login: ');
    robot.send('admin\n');
    assert.equal(await robot.until(/Password: $/), 'admin\r\nPassword: ');
    robot.send('Pa55 word of it\n');
    assert.match(await robot.until(prompt), /^\r\nLevee # $/);
    robot.send('execute password\n');
    for (const [question, answer] of [
      ['Present password', 'Pa55 word of it'],
      ['New password', 'another one'],
      ['The same again', 'another 1'],
      ['New password', 'another one'],
      ['The same again', 'another one'],
    ] as const) {
      await robot.until(new RegExp(`^${question}: $`));
      robot.send(`${answer}\n`);
    }
    assert.match(await robot.until(prompt), /^\r\nThe password is changed\.\r\nLevee # $/);
    for (const line of ['config system admin', 'edit admin', 'set plain-terminal enable', 'end'])
      assert.equal(await robot.answer(line), '');
    await robot.end();
    const named = await robotAt(context, state, ['--user', 'admin'], { TERM: 'xterm' });
    assert.equal(await named.until(/: $/), 'Password: ', 'its account is known before the first byte');
    named.send('another\n');
    assert.match(await named.until(/: $/), /^\r\nname or password is wrong.*\r\nlogin: $/);
    named.send('admin\n');
    assert.equal(await named.until(/: $/), 'admin\r\nPassword: ');
    named.send('another one\n');
    assert.match(await named.until(prompt), /^\r\nLevee # $/);
    await named.end();
    const file = join(state.path, '..', 'password');
    writeFileSync(file, 'another one\n');
    const onXterm = await robotAt(context, state, ['--user', 'admin', '--password-file', file], {
      TERM: 'xterm',
    });
    assert.equal(await onXterm.until(prompt), 'Levee # ');
    onXterm.send('show wa?');
    assert.match(await onXterm.until(/^Levee # show wa$/), /^show wa\r\nwaf {2}.*\r\n/);
    onXterm.send('f ip-list\n');
    await onXterm.until(prompt);
    await onXterm.end();
  });
});
