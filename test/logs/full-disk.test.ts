import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { Event } from '../../src/events/events.ts';
import { temporaryFolder } from '../running/folder.ts';

type Lines = { readonly whole: number; readonly torn: number; readonly last: number };

type Story = {
  /** When the disk was full of traffic, and then 200 attacks have come. */
  readonly first: { readonly attack: Lines; readonly traffic: Lines };
  readonly full: { readonly attack: Lines; readonly traffic: Lines; readonly events: readonly Event[] };
  readonly after: { readonly attack: Lines; readonly events: readonly Event[] };
  readonly written: number;
  /** When 300 more have come, and the logs are closed. */
  readonly end: { readonly attack: Lines; readonly events: readonly Event[] };
};

/** What becomes of log files on a file system of 128 KiB, in a mount namespace of its own. */
function fill(context: TestContext, whenFull: 'overwrite' | 'nolog', fileSize = 16_000): Story | undefined {
  const folder = temporaryFolder(context);
  const driver = join(import.meta.dirname, 'full-disk.driver.ts');
  const script = 'mount -t tmpfs -o size=128k,mode=700 none "$1" || exit 90; exec "$2" "$3" "$1" "$4" "$5"';
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['-rm', 'sh', '-c', script, 'sh', folder, process.execPath, driver, whenFull, `${fileSize}`],
    { encoding: 'utf8' },
  );
  if (status === null || status === 1 || status === 90) {
    context.skip(`no file system of its own can be mounted here: ${stderr.trim()}`);
    return undefined;
  }
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

suite('a full disk', () => {
  test('with overwrite loses the oldest, first of the traffic log, and no attack', (context) => {
    const story = fill(context, 'overwrite');
    if (story === undefined) return;
    const { full, written } = story;
    assert.equal(full.attack.torn + full.traffic.torn, 0);
    assert.equal(full.attack.last, 600);
    assert.ok(full.events.every(({ type }) => type === 'log-file-removed'));
    assert.ok(full.events.length > 0);
    assert.equal(written, 601);
    assert.equal(story.after.attack.last, 601);
    assert.ok(story.after.events.every(({ type }) => type === 'log-file-removed'));
  });

  for (const [files, fileSize] of [
    ['rotated files', 16_000],
    ['the file that is written', 1_000_000],
  ] as const) {
    test(`with overwrite takes ${files} of the traffic log before it loses an attack`, (context) => {
      const story = fill(context, 'overwrite', fileSize);
      if (story === undefined) return;
      const { first } = story;
      assert.deepEqual(first.attack, { whole: 200, torn: 0, last: 500 });
      assert.ok(first.traffic.whole < 200);
    });
  }

  test('with nolog keeps what is there, counts what is lost, and goes on when there is room', (context) => {
    const story = fill(context, 'nolog');
    if (story === undefined) return;
    const { full, after } = story;
    assert.equal(full.attack.torn + full.traffic.torn, 0);
    assert.ok(full.traffic.whole > 0);
    const failed = full.events.flatMap((event) => (event.type === 'log-file-failed' ? [event] : []));
    assert.equal(new Set(failed.map(({ file }) => file)).size, failed.length);
    assert.equal(after.attack.torn, 0);
    assert.equal(after.attack.last, 601);
    const lost = after.events.reduce((sum, event) => sum + ('lost' in event ? event.lost : 0), 0);
    assert.equal(after.attack.whole + lost, 301);
    assert.deepEqual(
      after.events.map(({ type }) => type),
      ['log-file-written'],
    );
    const { attack, events } = story.end;
    const failedAgain = events.find(({ type }) => type === 'log-file-lost');
    assert.ok(
      failedAgain?.type === 'log-file-lost',
      'what was lost is told, although it is not written again',
    );
    assert.equal(attack.whole + lost + failedAgain.lost, 601);
  });
});
