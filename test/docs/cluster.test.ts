import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isWhole } from '../campaign.ts';
import { freePort } from '../network/ports.ts';
import { temporaryFolder } from '../running/folder.ts';
import { launcher, newState } from '../running/levee.ts';
import { withRedis } from '../running/redis.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'cluster.md'), 'utf8');

/** What a reader copies, in its order. */
const steps = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, step]) => step);

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
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'bin', 'levee'), `#!/bin/sh\nexec '${launcher}' "$@"\n`);
  chmodSync(join(home, 'bin', 'levee'), 0o755);
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
  const child = spawn('sh', ['-eu', '-c', script], {
    cwd: home,
    env: { PATH: `${home}/bin:${process.env['PATH']}`, HOME: home },
  });
  let told = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      told += text;
    });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  assert.equal(await promise, 0, told);
  assert.match(told, /^edge-3 /m);
  assert.match(told, /^reset +: 15, those too that were let in before the block$/m);
  assert.match(told, /^web +127\.0\.0\.1 .* edge-1/m);
});
