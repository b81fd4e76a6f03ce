import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isWhole } from '../campaign.ts';
import { takeFewerPackages } from './fewer-packages.ts';
import { introductionIn, put, putStandIn, root, run, scratch, userEnvironment } from './tree.ts';

// With install scripts off, as many have them; and a checkout that belongs to another user may be cloned.
const env = userEnvironment({
  npm_config_ignore_scripts: 'true',
  // Where there is no network, that is known in seconds.
  npm_config_fetch_retry_mintimeout: '1000',
  npm_config_fetch_retry_maxtimeout: '1000',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
});

const isCheckout = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, env }).status === 0;

const tests = `
import { test } from 'node:test';
test('the first', () => {});
test('the second', () => {});
test('one for another machine', { skip: 'it needs what is not here' }, () => {});
`;

test('npm start and npm test work in a fresh clone, and install once', {
  skip: !isCheckout && 'this is no git checkout',
}, async (t) => {
  const tree = join(scratch(t), 'a clone');
  const cloned = spawnSync(
    'git',
    ['-c', 'advice.detachedHead=false', 'clone', '-q', '--no-hardlinks', root, tree],
    { env, encoding: 'utf8' },
  );
  assert.equal(cloned.stderr, '');
  if (!isWhole) await takeFewerPackages(tree, env);
  putStandIn(tree);
  put(join(tree, 'test', 'own', 'own.test.ts'), tests);
  const options = { cwd: tree, env };

  const first = await run(t, 'npm', ['start', '--', 'two words'], options);
  if (/ (?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT)$/m.test(first.stderr)) {
    t.skip('the package registry can’t be reached');
    return;
  }
  const said = first.stderr.split('\n').filter((line) => line !== '' && !/^npm (?:warn|notice)/i.test(line));
  assert.equal(first.status, 0, first.stderr.slice(0, 1000));
  assert.deepEqual(said, ['levee: installing packages (a minute on the first run)']);
  assert.deepEqual(introductionIn(first.stdout).words.slice(-2), ['quickstart', 'two words']);
  assert.equal(introductionIn(first.stdout).version, process.version);

  const installed = statSync(join(tree, 'node_modules', '.package-lock.json'));
  const again = await run(t, 'npm', ['start'], options);
  assert.doesNotMatch(again.stderr, /levee:/);
  assert.equal(again.status, 0);
  const { ino, mtimeMs } = statSync(join(tree, 'node_modules', '.package-lock.json'));
  assert.deepEqual([ino, mtimeMs], [installed.ino, installed.mtimeMs]);

  // What tests need beside what running takes is installed now, where it is more.
  const named = ['test', '--', 'test/own/own.test.ts', '--test-name-pattern=/second|machine/'];
  const tested = await run(t, 'npm', named, options);
  assert.match(tested.stdout, /✔ the second/);
  assert.match(tested.stdout, /one for another machine .*# it needs what is not here/);
  assert.doesNotMatch(tested.stdout, /the first/);
  assert.equal(tested.status, 0);

  assert.equal(
    spawnSync('git', ['status', '--short', 'node_modules', 'package.json', 'package-lock.json'], {
      cwd: tree,
      env,
      encoding: 'utf8',
    }).stdout,
    '',
  );
});
