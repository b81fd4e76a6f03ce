import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { type Nft, nftPath, nftProgram } from '../../src/kernel/nft.ts';
import { temporaryFolder } from '../running/folder.ts';

/** A program in the place of nft: a script of sh(1). */
function programOf(context: TestContext, script: string, signal = new AbortController().signal): Nft {
  const path = join(temporaryFolder(context), 'nft');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return nftProgram(path, signal);
}

suite('a call of nft', () => {
  test('gives it the commands, and passes on what it lists', async (context) => {
    const file = join(temporaryFolder(context), 'given');
    const nft = programOf(context, `cat > ${file}; printf '%s ' "$@"; echo listed`);
    let listed = '';
    assert.equal(await nft('add table inet levee_0\n', (text) => (listed += text)), null);
    assert.equal(readFileSync(file, 'utf8'), 'add table inet levee_0\n');
    assert.equal(listed, '-n -f - listed\n');
  });

  const complaints = [
    ['exit 3', 'failed', 'nft ended with status 3'],
    ['kill -9 $$', 'failed', 'nft was ended by SIGKILL'],
    [
      'echo "/dev/stdin:1:17-20: Error: No such file or directory" >&2; echo more >&2; exit 1',
      'refused',
      'nft: No such file or directory',
    ],
    [
      'echo "Operation not permitted (you must be root)" >&2; exit 1',
      'not-permitted',
      'Levee may not use nftables: it takes root, or CAP_NET_ADMIN',
    ],
  ] as const;
  for (const [script, kind, reason] of complaints) {
    test(`that fails says why: ${reason}`, async (context) => {
      assert.deepEqual(await programOf(context, script)(`${'x'.repeat(100_000)}\n`), { kind, reason });
    });
  }

  test('that hangs ends with who has made it', async (context) => {
    const ending = new AbortController();
    const called = programOf(context, 'echo up; exec sleep 1000', ending.signal);
    const failure = await called('', () => ending.abort());
    assert.deepEqual(failure, { kind: 'failed', reason: 'nft was ended by SIGKILL' });
  });

  test('where there is none says so', async () => {
    const { signal } = new AbortController();
    assert.deepEqual(await nftProgram(undefined, signal)(''), {
      kind: 'missing',
      reason: 'nft is not installed',
    });
    assert.equal((await nftProgram('/nowhere/nft', signal)(''))?.kind, 'missing');
  });
});

test('nft is looked for where the system has it, and not by PATH', (context) => {
  const { PATH: path } = process.env;
  context.after(() => {
    process.env['PATH'] = path;
  });
  const before = nftPath();
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'nft'), '');
  process.env['PATH'] = folder;
  assert.equal(nftPath(), before);
});
