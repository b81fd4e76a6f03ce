import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync, renameSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { until } from '../running/condition.ts';
import { newState } from '../running/levee.ts';
import { play, processOnTerminal } from '../terminal/played.ts';
import { noPseudoTerminal } from '../terminal/pseudo-terminal.ts';

/** Whether a process has a file open, whatever it is called now. */
function hasOpen(pid: number | undefined, path: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((descriptor) => {
    try {
      return readlinkSync(join(folder, descriptor)) === path;
    } catch {
      return false;
    }
  });
}

const linux = process.platform === 'linux' ? false : 'open files of a process are seen in /proc';

suite('signals that operators send by habit', { concurrency: 2 }, () => {
  test('do to a daemon what is documented, and open no debugger', { skip: linux }, async (context) => {
    const state = newState(context);
    const daemon = await state.daemon();
    const { pid } = daemon.child;
    for (const signal of ['SIGHUP', 'SIGUSR1'] as const) {
      await state.here(['-c', 'show system global']);
      const moved = join(state.path, 'log', `moved by ${signal}`);
      renameSync(join(state.path, 'log', 'event.log'), moved);
      assert.ok(hasOpen(pid, moved));
      daemon.child.kill(signal);
      await until('the file that was moved is closed', () => !hasOpen(pid, moved));
    }
    for (const signal of ['SIGWINCH', 'SIGPIPE', 'SIGUSR2'] as const) daemon.child.kill(signal);
    await daemon.printed('levee: revision 0, ');
    assert.match(
      daemon.stderr,
      / workers?, 0 connections of 0 sources; 0 admitted and 0 refused since the start\n/,
    );
    const { status, stderr } = await daemon.kill('SIGQUIT');
    assert.deepEqual([status, stderr.split('\n').length], [0, 4]);
    assert.match(stderr, /levee: stopping on SIGQUIT\n$/);
    assert.doesNotMatch(stderr, /[Dd]ebugger/);
  });

  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    test(`do to a prompt what is documented: ${signal} ends it`, {
      skip: noPseudoTerminal,
    }, async (context) => {
      const state = newState(context);
      const terminal = processOnTerminal(['--state', state.path]);
      const send = (name: NodeJS.Signals) => async (): Promise<void> =>
        terminal.signal(constants.signals[name]);
      const { status, screen } = await play(terminal, [
        ['wait', 'Levee # '],
        ['do', send('SIGUSR1')],
        ['do', send('SIGPIPE')],
        ['do', send('SIGWINCH')],
        ['do', send('SIGUSR2')],
        ['wait', 'revision 0, '],
        ['type', 'show system global\r'],
        ['wait', 'Levee # '],
        ['do', send(signal)],
      ]);
      assert.equal(status, 0);
      assert.doesNotMatch(screen, /[Dd]ebugger/);
      assert.match(readFileSync(join(state.path, 'log', 'event.log'), 'utf8'), / action=stop .*\n$/);
    });
  }
});
