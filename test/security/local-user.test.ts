import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandHere } from '../running/command-here.ts';
import { until } from '../running/condition.ts';
import { temporaryFolder } from '../running/folder.ts';
import { launcher } from '../running/levee.ts';

/** What somebody else could read, write or enter. */
function openTo(others: string): string[] {
  const entries = readdirSync(others, { recursive: true, encoding: 'utf8' });
  return ['.', ...entries].filter((name) => (statSync(join(others, name)).mode & 0o077) !== 0);
}

test('nobody else gets into the state directory, or at the code that is kept compiled', (context) => {
  const folder = temporaryFolder(context);
  const [state, caches] = [join(folder, 'state'), join(folder, 'caches')];
  const { status } = spawnSync(
    'sh',
    [
      '-c',
      'umask 0; exec "$0" "$@"',
      launcher,
      '--state',
      state,
      '-c',
      'config system global',
      '-c',
      'set hostname edge',
      '-c',
      'end',
    ],
    { env: { ...process.env, XDG_CACHE_HOME: caches } },
  );
  assert.equal(status, 0);
  assert.ok(existsSync(join(state, 'levee.db')));
  assert.notDeepEqual(readdirSync(join(caches, 'levee')), []);
  assert.deepEqual([...openTo(state), ...openTo(join(caches, 'levee'))], []);
});

test('no variable of the environment names code that Levee then runs', (context) => {
  const folder = temporaryFolder(context);
  const planted = join(folder, 'planted.cjs');
  writeFileSync(planted, `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'it ran'))}, '');`);
  const env = {
    ...process.env,
    NODE_OPTIONS: `--require ${planted}`,
    OPENSSL_CONF: planted,
    NODE_A: '\nNODE_(=',
  };
  const { status, stderr } = spawnSync(launcher, ['--version'], { env, encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  assert.ok(!existsSync(join(folder, 'it ran')));
});

/** Whether a process ignores SIGUSR1, or has a handler for it. */
function outlivesSignal(pid: number | undefined): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const masks = [...status.matchAll(/^Sig(?:Ign|Cgt):\s*([0-9a-f]+)$/gm)];
  return masks.some(([, mask]) => (BigInt(`0x${mask}`) & (1n << 9n)) !== 0n);
}

test('no signal opens a debugger', {
  skip: process.platform !== 'linux' && 'which signals a process hears is seen in /proc',
}, async (context) => {
  const levee = spawn(launcher, ['--state', join(temporaryFolder(context), 'state'), 'import', '-']);
  context.after(() => levee.kill('SIGKILL'));
  let said = '';
  for (const stream of [levee.stdout, levee.stderr]) stream.on('data', (text) => (said += text));
  // Node has begun, and nothing of Levee yet.
  await until('it can be sent one', () => outlivesSignal(levee.pid));
  levee.kill('SIGUSR1');
  levee.stdin.end('config system global\nset hostname on\nend\n');
  const [status]: readonly unknown[] = await once(levee, 'close');
  assert.deepEqual([status, said], [0, '']);
});

const notRoot = process.getuid?.() !== 0 && 'it takes root to give a file to somebody else';

test('a state directory of another user, or with a link of one in it, is not touched', {
  skip: notRoot,
}, async (context) => {
  const folder = temporaryFolder(context);
  const [theirs, ours, victim] = ['theirs', 'ours', 'victim'].map((name) => join(folder, name));
  assert.ok(theirs !== undefined && ours !== undefined && victim !== undefined);
  for (const [state, name] of [
    [theirs, 'levee.db'],
    [ours, 'history'],
    [join(ours, 'log'), 'elog.log'],
  ] as const) {
    mkdirSync(state, { recursive: true });
    symlinkSync(victim, join(state, name));
    lchownSync(join(state, name), 65_534, 65_534);
  }
  chownSync(theirs, 65_534, 65_534);
  const show = async (state: string): Promise<string> => {
    const { status, stderr } = await commandHere(['--state', state, '-c', 'show'], {});
    return `${status} ${stderr}`;
  };
  assert.match(
    await show(theirs),
    /^1 .*theirs belongs to user 65534, and this is user 0: run Levee as its owner/,
  );
  for (const name of ['history', 'log/elog.log']) {
    assert.match(await show(ours), new RegExp(`^1 .*ours/${name} belongs to another user than`));
    rmSync(join(ours, name));
  }
  assert.match(await show(ours), /^1 levee: there is no Levee in /);
  assert.deepEqual([existsSync(victim), readdirSync(theirs)], [false, ['levee.db']]);
});

test('compiled code is not taken from a folder of somebody else', {
  skip: notRoot,
}, (context) => {
  const folder = temporaryFolder(context);
  const cache = join(folder, 'levee');
  mkdirSync(cache);
  chownSync(cache, 65_534, 65_534);
  const env = { ...process.env, XDG_CACHE_HOME: folder, NODE_COMPILE_CACHE: '' };
  const { status } = spawnSync(launcher, ['--version'], { env });
  assert.equal(status, 0);
  assert.deepEqual(readdirSync(cache), []);
});
