import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { isWhole } from '../campaign.ts';
import { freePort } from '../network/ports.ts';
import { temporaryFolder } from '../running/folder.ts';
import { launcher, newState } from '../running/levee.ts';
import { withRedis } from '../running/redis.ts';
import { pasted, stepsOf, writePrograms } from './pasted-steps.ts';

const steps = stepsOf('cluster.md');

/** What stands between `<<END` and its end. */
const [service = '', node = ''] = [...steps.join('').matchAll(/<<'?END'?\n(.*?)^END$/gms)].map(
  ([, text]) => text,
);

test('each of the three nodes can be configured as the page says', async (context) => {
  const state = newState(context);
  const text = `${service}${node.replaceAll('$n', '2')}`;
  const { status, stderr } = await state.here(['import', '-'], text);
  assert.deepEqual([status, stderr], [0, '']);
  const { stdout } = await state.here(['-c', 'show system cluster']);
  assert.match(stdout, /set node-name "edge-2"$/m);
});

test('the steps to three nodes can be pasted one after the other', withRedis, async (context) => {
  if (!isWhole) return;
  const home = temporaryFolder(context);
  const programs = join(home, 'bin');
  writePrograms(programs, { levee: `exec '${launcher}' "$@"` });
  const [store, port, server] = [await freePort(), await freePort(), await freePort()];
  const script = steps
    .join('\n')
    .replaceAll('6379', String(store))
    .replaceAll('8080', String(port))
    .replaceAll('8081', String(server));
  // What is left where a step has failed.
  context.after(() => {
    const leave = `test -e pids && kill -9 $(cat pids); redis-cli -p ${store} shutdown`;
    spawnSync('sh', ['-c', leave], { cwd: home, stdio: 'ignore' });
  });
  const told = await pasted(script, home, `${programs}:${process.env['PATH']}`);
  assert.match(told, /^edge-3 /m);
  assert.match(told, /^reset +: 15, those too that were let in before the block$/m);
  assert.match(told, /^web +127\.0\.0\.1 .* edge-1/m);
});
