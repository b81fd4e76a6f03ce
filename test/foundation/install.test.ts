import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Outcome, put, root, run, scratch, start, userEnvironment } from './tree.ts';

/** An npm that installs out of nothing: what it does is in NPM_DOES, what it did in `npm.log`. */
const npmCommand = `
const fs = require('fs');
const path = require('path');
const does = process.env.NPM_DOES;
fs.appendFileSync('npm.log', process.argv.slice(2).join(' ') + '\\n');
console.log('npm talks');
console.error('npm warn EBADENGINE');
fs.rmSync('node_modules', { recursive: true, force: true });
fs.mkdirSync('node_modules');
if (does === 'fail') process.exit(7);
if (does === 'hang') {
  fs.writeFileSync('npm.pid.new', String(process.pid));
  fs.renameSync('npm.pid.new', 'npm.pid');
  setInterval(() => {}, 1000);
} else {
  const lock = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
  delete lock.packages[''];
  for (const location of Object.keys(lock.packages)) {
    const entry = lock.packages[location];
    if (entry.os && (entry.os[0] !== process.platform || does === 'leave out')) {
      delete lock.packages[location];
      continue;
    }
    fs.mkdirSync(location, { recursive: true });
    fs.writeFileSync(path.join(location, 'package.json'), '{}');
  }
  fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify(lock));
}
`;

const lockfile = {
  lockfileVersion: 3,
  packages: {
    '': { name: 'clone' },
    'node_modules/plain': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/@here/native': { version: '2.0.0', optional: true, os: [process.platform] },
    'node_modules/@elsewhere/native': { version: '2.0.0', optional: true, os: ['plan9'] },
  },
};

const line = 'levee: installing packages (a minute on the first run)\n';

function clone(t: TestContext): string {
  const tree = join(scratch(t), 'a clone');
  mkdirSync(join(tree, 'bin'), { recursive: true });
  cpSync(join(root, 'bin', 'install.cjs'), join(tree, 'bin', 'install.cjs'));
  writeFileSync(join(tree, 'package-lock.json'), JSON.stringify(lockfile));
  put(join(tree, 'npm', 'npm-cli.js'), npmCommand);
  return tree;
}

function environment(tree: string, does = 'install', agent = 'npm/8.19.4 node/v16.20.2'): NodeJS.ProcessEnv {
  return userEnvironment({
    npm_execpath: join(tree, 'npm', 'npm-cli.js'),
    npm_config_user_agent: agent,
    NPM_DOES: does,
  });
}

/** Runs it with the machine's own Node, which is an old one on most. */
function install(t: TestContext, tree: string, does?: string, agent?: string): Promise<Outcome> {
  return run(t, 'node', [join(tree, 'bin', 'install.cjs')], {
    cwd: '/',
    env: environment(tree, does, agent),
  });
}

function installs(tree: string): number {
  const log = join(tree, 'npm.log');
  return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').length : 0;
}

/** The process number of an npm that hangs, once it does. */
async function hangingNpm(tree: string): Promise<number> {
  const file = join(tree, 'npm.pid');
  const watcher = watch(tree);
  while (!existsSync(file)) await once(watcher, 'change');
  watcher.close();
  const pid = Number(readFileSync(file, 'utf8'));
  assert.ok(pid > 1);
  return pid;
}

test('it installs once, says so in one line, and is silent from then on', async (t) => {
  const tree = clone(t);
  assert.deepEqual(await install(t, tree), { status: 0, signal: null, stdout: '', stderr: line });
  assert.deepEqual(await install(t, tree), { status: 0, signal: null, stdout: '', stderr: '' });
  assert.equal(installs(tree), 1);
  assert.match(readFileSync(join(tree, 'npm.log'), 'utf8'), /^ci .*--include=dev/);
  assert.equal(existsSync(join(tree, '.installing')), false);
});

test('what running takes is installed alone, and the rest once it is wanted', async (t) => {
  const tree = clone(t);
  const packages = { ...lockfile.packages, 'node_modules/tool': { version: '3.0.0', dev: true } };
  writeFileSync(join(tree, 'package-lock.json'), JSON.stringify({ ...lockfile, packages }));
  const start = () =>
    run(t, 'node', [join(tree, 'bin', 'install.cjs'), 'runtime'], { cwd: '/', env: environment(tree) });
  assert.equal((await start()).stderr, line);
  assert.match(readFileSync(join(tree, 'npm.log'), 'utf8'), /^ci .*--omit=dev/);
  const installed = join(tree, 'node_modules', '.package-lock.json');
  const { packages: all } = JSON.parse(readFileSync(installed, 'utf8'));
  delete all['node_modules/tool'];
  writeFileSync(installed, JSON.stringify({ packages: all }));
  assert.equal((await start()).stderr, '');
  assert.equal((await install(t, tree)).stderr, line);
  assert.match(readFileSync(join(tree, 'npm.log'), 'utf8'), /--include=dev/);
});

test('another version, another content or a missing folder is installed anew', async (t) => {
  const tree = clone(t);
  await install(t, tree);
  const changes = [
    { version: '1.0.1', integrity: 'sha512-a' },
    { version: '1.0.1', integrity: 'sha512-b' },
  ];
  for (const [index, plain] of changes.entries()) {
    const lock = { ...lockfile, packages: { ...lockfile.packages, 'node_modules/plain': plain } };
    writeFileSync(join(tree, 'package-lock.json'), JSON.stringify(lock));
    assert.equal((await install(t, tree)).stderr, line);
    assert.equal(installs(tree), index + 2);
  }
  rmSync(join(tree, 'node_modules', 'plain'), { recursive: true });
  assert.equal((await install(t, tree)).stderr, line);
  assert.equal((await install(t, tree)).stderr, '');
});

test('when npm fails, all that it said is shown, and the next run tries again', async (t) => {
  const tree = clone(t);
  const failed = await install(t, tree, 'fail');
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /npm talks\n/);
  assert.match(failed.stderr, /npm warn EBADENGINE\n/);
  assert.match(failed.stderr, /levee: npm ci failed \(exit status 7\)\n$/);
  assert.deepEqual(await install(t, tree), { status: 0, signal: null, stdout: '', stderr: line });
});

test('an optional package that fits and yet is not there is named', async (t) => {
  const tree = clone(t);
  const { status, stderr } = await install(t, tree, 'leave out');
  assert.equal(stderr, `${line}levee: npm could not get: @here/native\n`);
  assert.equal(status, 1);
});

test('an npm that cannot read the lockfile is not run', async (t) => {
  const tree = clone(t);
  const { status, stderr } = await install(t, tree, 'install', 'npm/6.14.18 node/v14.21.3');
  assert.match(stderr, /^levee: this npm is too old[^\n]*\n$/);
  assert.equal(status, 1);
  assert.equal(installs(tree), 0);
});

test('an install that was killed does not count, and does not stand in the way', async (t) => {
  const tree = clone(t);
  const hung = start(t, 'node', [join(tree, 'bin', 'install.cjs')], { env: environment(tree, 'hang') });
  const npm = await hangingNpm(tree);
  hung.child.kill('SIGKILL');
  process.kill(npm, 'SIGKILL');
  assert.equal((await hung.over).signal, 'SIGKILL');
  // The dead npm counts as alive until the system has buried it, so there may be a word of waiting first.
  const { status, stderr } = await install(t, tree);
  assert.ok(stderr.endsWith(line), stderr);
  assert.equal(status, 0);
  assert.equal(existsSync(join(tree, '.installing')), false);
});

test('an install that is interrupted takes its npm along', async (t) => {
  const tree = clone(t);
  const hung = start(t, 'node', [join(tree, 'bin', 'install.cjs')], { env: environment(tree, 'hang') });
  const npm = await hangingNpm(tree);
  hung.child.kill('SIGINT');
  assert.equal((await hung.over).status, 130);
  assert.throws(() => process.kill(npm, 0), { code: 'ESRCH' });
  assert.equal(existsSync(join(tree, '.installing')), false);
});

test('two at once install once', async (t) => {
  const tree = clone(t);
  const outcomes = await Promise.all([install(t, tree), install(t, tree), install(t, tree)]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    [0, 0, 0],
  );
  assert.equal(installs(tree), 1);
  assert.equal(existsSync(join(tree, '.installing')), false);
});

test('the claim of a living process is waited for, and the wait is announced', async (t) => {
  const tree = clone(t);
  writeFileSync(join(tree, '.installing'), `${hostname()} ${process.pid}`);
  const waiting = start(t, 'node', [join(tree, 'bin', 'install.cjs')], { env: environment(tree) });
  assert.ok(waiting.child.stderr !== null);
  await once(waiting.child.stderr, 'data');
  assert.equal(installs(tree), 0);
  rmSync(join(tree, '.installing'));
  const { status, stderr } = await waiting.over;
  assert.match(stderr, /^levee: another install is at work in this clone [^\n]*\n/);
  assert.ok(stderr.endsWith(line));
  assert.equal(status, 0);
});
