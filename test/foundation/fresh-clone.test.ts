import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isWhole } from '../campaign.ts';
import { introductionIn, put, putStandIn, root, run, scratch, userEnvironment } from './tree.ts';

// With install scripts off, as many have them; and a checkout that belongs to another user may be cloned.
const env = userEnvironment({
  npm_config_ignore_scripts: 'true',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
});

function reason(): string | false {
  if (spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, env }).status !== 0)
    return 'this is no git checkout';
  const ping = spawnSync('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=5000'], { env });
  return ping.status !== 0 && 'the package registry can’t be reached';
}

const tests = `
import { test } from 'node:test';
test('the first', () => {});
test('the second', () => {});
test('one for another machine', { skip: 'it needs what is not here' }, () => {});
`;

/** The packages of development are a third of all bytes, and nothing here runs them: the sample goes without. */
function leaveOutDevelopment(tree: string): void {
  const [manifest, lock] = [join(tree, 'package.json'), join(tree, 'package-lock.json')];
  const { devDependencies, ...kept } = JSON.parse(readFileSync(manifest, 'utf8'));
  assert.ok(Object.keys(devDependencies).length > 0);
  writeFileSync(manifest, JSON.stringify(kept));
  const locked = JSON.parse(readFileSync(lock, 'utf8'));
  delete locked.packages[''].devDependencies;
  for (const [location, { dev }] of Object.entries<{ dev?: boolean }>(locked.packages)) {
    if (dev === true) delete locked.packages[location];
  }
  writeFileSync(lock, JSON.stringify(locked));
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
  const committed = spawnSync('git', [...author, 'commit', '-q', '-a', '-m', 'fewer packages'], {
    cwd: tree,
    env,
    encoding: 'utf8',
  });
  assert.deepEqual([committed.status, committed.stderr], [0, '']);
}

test('npm start and npm test work in a fresh clone, and install once', { skip: reason() }, async (t) => {
  const tree = join(scratch(t), 'a clone');
  const cloned = spawnSync(
    'git',
    ['-c', 'advice.detachedHead=false', 'clone', '-q', '--no-hardlinks', root, tree],
    { env, encoding: 'utf8' },
  );
  assert.equal(cloned.stderr, '');
  if (!isWhole) leaveOutDevelopment(tree);
  putStandIn(tree);
  put(join(tree, 'test', 'own', 'own.test.ts'), tests);
  const options = { cwd: tree, env };

  const first = await run(t, 'npm', ['start', '--', 'two words'], options);
  const said = first.stderr.split('\n').filter((line) => line !== '' && !/^npm (?:warn|notice)/i.test(line));
  assert.equal(first.status, 0, first.stderr.slice(0, 1000));
  assert.deepEqual(said, ['levee: installing packages (a minute on the first run)']);
  assert.deepEqual(introductionIn(first.stdout).words.slice(-2), ['quickstart', 'two words']);
  assert.equal(introductionIn(first.stdout).version, process.version);

  const installed = statSync(join(tree, 'node_modules', '.package-lock.json'));
  const again = await run(t, 'npm', ['start'], options);
  assert.doesNotMatch(again.stderr, /levee:/);
  assert.equal(again.status, 0);

  const named = ['test', '--', 'test/own/own.test.ts', '--test-name-pattern=/second|machine/'];
  const tested = await run(t, 'npm', named, options);
  assert.match(tested.stdout, /✔ the second/);
  assert.match(tested.stdout, /one for another machine .*# it needs what is not here/);
  assert.doesNotMatch(tested.stdout, /the first/);
  assert.equal(tested.status, 0);

  const { ino, mtimeMs } = statSync(join(tree, 'node_modules', '.package-lock.json'));
  assert.deepEqual([ino, mtimeMs], [installed.ino, installed.mtimeMs]);
  assert.equal(
    spawnSync('git', ['status', '--short', 'node_modules', 'package.json', 'package-lock.json'], {
      cwd: tree,
      env,
      encoding: 'utf8',
    }).stdout,
    '',
  );
});
