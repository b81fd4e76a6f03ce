import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { launcher, newState } from '../running/levee.ts';
import { noPseudoTerminal, PseudoTerminal } from '../terminal/pseudo-terminal.ts';

// What only a process has; what a command line says of itself is tested without one.

test('it says its version, which is that of its package', async (context) => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const state = newState(context);
  assert.equal((await state.run(['--version'])).stdout, `Levee ${version}\n`);
  await state.here([], '');
  const status = JSON.parse((await state.here(['-c', 'get system status | json'])).stdout);
  assert.equal(status.version, version);
});

test('wrong usage is said on standard error, with the status 2', async (context) => {
  const { status, stdout, stderr } = await newState(context).run(['daemon', 'now']);
  assert.deepEqual([status, stdout], [2, '']);
  assert.equal(stderr, 'levee: daemon takes no now\nTry "levee --help".\n');
});

test('what can not be printed ends it, with the reason in one line', async (context) => {
  const full = openSync('/dev/full', 'w');
  context.after(() => closeSync(full));
  const state = newState(context);
  await state.here([], '');
  const { status, stderr } = spawnSync(launcher, ['--state', state.path, '-c', 'get system global'], {
    encoding: 'utf8',
    stdio: ['ignore', full, 'pipe'],
  });
  assert.deepEqual([status, stderr], [1, "levee: can't write to standard output: no space left on device\n"]);
});

test('on a terminal what went wrong is broken between words, and not at all where it has no size', {
  skip: noPseudoTerminal,
}, async (context) => {
  const state = newState(context);
  await state.here([], '');
  const narrow = new PseudoTerminal(40, 10, {}, state.command(['improt']));
  await narrow.has('levee: no such command: improt; did you\nmean "import"?\n');
  assert.equal((await narrow.end()).status, 2);
  const spawned = ['-c', 'import pty, sys; pty.spawn(sys.argv[1:])', ...state.command(['-c', 'frob'])];
  const { stdout } = spawnSync('python3', spawned, { encoding: 'utf8', input: '' });
  assert.match(stdout, /^-c:1:1: Unknown action 0\r\n {4}frob\r\n {4}\^{4} one of config, diagnose, /);
});
