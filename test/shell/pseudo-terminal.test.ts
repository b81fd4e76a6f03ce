import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { noPseudoTerminal, PseudoTerminal } from '../terminal/pseudo-terminal.ts';

const exited = { status: 0, cooked: true };

suite('on a pseudo-terminal', { skip: noPseudoTerminal, concurrency: 2 }, () => {
  test('help, completion, a page of output, and a terminal that is left as it was', async () => {
    const shell = new PseudoTerminal(50, 8);
    await shell.shows('Levee # █');
    shell.type('config ?');
    await shell.shows(
      'Levee # config',
      'waf            web application firewall',
      'server-policy  policies, pools and virtual servers',
      'Levee # config █',
    );
    shell.type('\x15more on\rlines 20\r');
    await shell.shows(...Array.from({ length: 7 }, (_, at) => `line ${at + 1}`), '--More-- █');
    shell.type('q');
    await shell.shows(...Array.from({ length: 7 }, (_, at) => `line ${at + 1}`), 'Levee # █');
    shell.type('\x0cedit W\t\t\t\t');
    await shell.shows('Levee # edit "Web Portal B"█', '"Web Portal A"  "Web Portal B"');
    shell.type('\rexit\r');
    assert.deepEqual(await shell.end(), exited);
    assert.equal(shell.terminal.modes.get('2004'), false);
    assert.equal(shell.terminal.screen.at(-1), 'the shell has ended');
  });

  test('500 pasted lines with a mistake in the middle run as one batch and are reported as one', async () => {
    const shell = new PseudoTerminal(60, 8);
    await shell.shows('Levee # █');
    const lines = Array.from({ length: 500 }, (_, at) => (at === 250 ? 'fail' : `set comment "line ${at}?"`));
    shell.type(`\x1b[200~${lines.join('\r')}\r\x1b[201~show`);
    await shell.shows(
      'Levee # [500 lines pasted]',
      'pasted:251:1: wrong',
      '1 error: nothing was applied',
      'Levee # show█',
    );
    shell.type('\x03\x04');
    assert.deepEqual(await shell.end(), exited);
  });

  test('Ctrl-C in a dialogue brings the prompt back', async () => {
    for (const kind of ['purge', 'password', 'name', 'action']) {
      const shell = new PseudoTerminal(60, 8);
      await shell.shows('Levee # █');
      shell.type(`ask ${kind}\r`);
      const question =
        { purge: 'This operation', password: 'New password', name: 'Name', action: 'Action' }[kind] ?? '';
      await shell.has(`? ${question}`);
      shell.type('\x03');
      await shell.has('answered null');
      shell.type('\x0cshow');
      await shell.shows('Levee # show█');
      shell.type('\x03exit\r');
      assert.deepEqual(await shell.end(), exited);
    }
  });

  test('Ctrl-C interrupts the command that runs, and only that', async () => {
    const shell = new PseudoTerminal(40, 8);
    await shell.shows('Levee # █');
    shell.type('wait\r');
    await shell.shows('Levee # wait', 'waiting', '█');
    shell.type('\x03');
    await shell.shows('Levee # wait', 'waiting', '^C', 'interrupted', 'Levee # █');
    shell.type('\x04');
    assert.deepEqual(await shell.end(), exited);
  });

  test('a changed size breaks the line anew', async () => {
    const shell = new PseudoTerminal(40, 8);
    await shell.shows('Levee # █');
    shell.type('set comment a line of several words');
    await shell.shows('Levee # set comment a line of several wo', 'rds█');
    // Not what the terminal alone would show when it breaks its rows.
    shell.resize(24, 8);
    await shell.shows('Levee # set comment a li', 'ne of several words█');
    shell.resize(60, 8);
    await shell.shows('Levee # set comment a line of several words█');
    shell.type('\x03\x04');
    assert.deepEqual(await shell.end(), exited);
  });

  test('a terminal that is dropped ends the shell, and the process with it', async () => {
    for (const typed of ['', 'half', 'wait\r', 'ask purge\r']) {
      const shell = new PseudoTerminal(60, 8);
      await shell.shows('Levee # █');
      shell.type(typed);
      if (typed !== '')
        await shell.has({ half: 'half', 'wait\r': 'waiting', 'ask purge\r': '? This' }[typed] ?? '');
      shell.hangUp();
      assert.equal((await shell.end()).status, 0);
    }
  });

  test('a signal and a crash leave the terminal as it was', async () => {
    const sigterm = 15;
    const ended = new PseudoTerminal(40, 8);
    await ended.shows('Levee # █');
    ended.signal(sigterm);
    assert.deepEqual(await ended.end(), { status: -sigterm, cooked: true });
    assert.equal(ended.terminal.modes.get('2004'), false);
    const crashed = new PseudoTerminal(40, 8);
    await crashed.shows('Levee # █');
    crashed.type('crash\r');
    assert.deepEqual(await crashed.end(), { status: 1, cooked: true });
    assert.equal(crashed.terminal.modes.get('2004'), false);
  });

  test('with colour words have looks, and the ghost is taken', async () => {
    const shell = new PseudoTerminal(40, 8, { NO_COLOR: '' });
    await shell.shows('Levee # █');
    shell.type('con');
    await shell.shows('Levee # con█fig');
    assert.equal(shell.terminal.looksAtCursor, '........bbbddd');
    shell.type('\x1b[C');
    await shell.shows('Levee # config█');
    shell.type('\x03\x04');
    assert.deepEqual(await shell.end(), exited);
  });
});
