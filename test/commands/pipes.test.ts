import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import { launcher, newState } from '../running/levee.ts';

const python = spawnSync('python3', ['--version']).status === 0 ? false : 'there is no python3 here';

/** More than a pipe and a socket hold, in few rows: it is the text that is long. */
const rules = `config waf layer4-connection-flood-check-rule\n${Array.from({ length: 1500 }, (_, index) => `edit "${nameOf(index)}"\nset block-period 5\nnext\n`).join('')}end\n`;

function nameOf(index: number): string {
  return `rule ${index} ${'😀'.repeat(50)}`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

test('a long export arrives whole through a slow pipe, without a daemon and with one', async (context) => {
  const state = newState(context);
  assert.equal((await state.here([], rules)).status, 0);
  const { stdout: whole } = await state.here(['export']);
  assert.ok(Buffer.byteLength(whole) > 300_000);
  for (const served of [false, true]) {
    if (served) await state.daemonHere();
    const child = spawn(launcher, ['--state', state.path, 'export'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    const chunks: Buffer[] = [];
    // Reads a little, lets the pipe fill up, reads on.
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.deepEqual(await ended, [0, null]);
    assert.equal(hash(Buffer.concat(chunks).toString('utf8')), hash(whole));

    // And ends quietly when its reader has enough.
    const script = `"$0" --state "$1" export | head -n 2`;
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script, launcher, state.path]);
    assert.equal(stdout, `config waf layer4-connection-flood-check-rule\n  edit "${nameOf(0)}"\n`);
    assert.equal(stderr, '');
  }
});

test('help ends quietly when nobody reads it', async () => {
  for (const words of [['--help'], ['--version'], ['hakapcap', '--help']]) {
    const child = spawn(launcher, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const complaints: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
    await once(child, 'close');
    assert.deepEqual([words, complaints.join('')], [words, '']);
  }
});

suite('standard input', () => {
  /** Writes its first half at once, its second half later, into a pipe that does not block. */
  const slowly = `
import os, subprocess, sys, time
read, write = os.pipe()
os.set_blocking(read, False)
child = subprocess.Popen(sys.argv[1:], stdin=read)
os.close(read)
for part in (b'config log trigger-policy\\nedit "slo', b'w"\\nnext\\nend\\nshow log trigger-policy\\n'):
    os.write(write, part)
    time.sleep(0.3)
os.close(write)
sys.exit(child.wait())
`;
  test('may come slowly through a pipe that does not block', { skip: python }, async (context) => {
    const state = newState(context);
    const result = spawnSync('python3', ['-c', slowly, launcher, '--state', state.path], {
      encoding: 'utf8',
    });
    assert.deepEqual([result.status, result.stderr], [0, '']);
    assert.equal(result.stdout, 'config log trigger-policy\n  edit "slow"\n  next\nend\n');
  });

  test('may be empty', async (context) => {
    const state = newState(context);
    for (const words of [[], ['import', '-']]) {
      const { status, stdout, stderr } = await state.run(words, '');
      assert.deepEqual([status, stdout, stderr], [0, '', '']);
    }
  });
});

test('many commands at once take turns, and none is lost', async (context) => {
  const state = newState(context);
  const names = Array.from({ length: 3 }, (_, index) => `policy ${index}`);
  const results = await Promise.all(
    names.map((name) =>
      state.run(['-c', 'config log trigger-policy', '-c', `edit "${name}"`, '-c', 'next', '-c', 'end']),
    ),
  );
  assert.deepEqual(
    results.map(({ status, stderr }) => [status, stderr]),
    names.map(() => [0, '']),
  );
  const { stdout } = await state.here(['export']);
  assert.deepEqual(
    (stdout.match(/"policy \d"/g) ?? []).sort(),
    names.map((name) => `"${name}"`),
  );
});
