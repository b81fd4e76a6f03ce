import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { AttackLog } from '../../src/logs/attack-log.ts';
import { LogFile } from '../../src/logs/log-file.ts';
import { policy, record, rule } from './records.ts';

function temporaryFile(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'levee-log-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'attack.log');
}

function open(context: TestContext, path: string): LogFile {
  const file = new LogFile(path);
  context.after(() => file.close());
  return file;
}

function messages(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^.*? msg_id=(\d+) .*\n/gm)].map(([, id = '']) => id);
}

suite('the attack log', () => {
  test('numbers its lines, and goes on where the last run of Levee ended', (context) => {
    const path = temporaryFile(context);
    const first = new AttackLog(open(context, path));
    for (let count = 0; count < 3; count++) first.write(record, policy, 'Levee');
    const second = new AttackLog(open(context, path));
    second.write(record, policy, 'Levee');
    assert.deepEqual(messages(path), ['000000000001', '000000000002', '000000000003', '000000000004']);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  test('takes no number from a name, and begins a new line after one that was cut off', (context) => {
    const path = temporaryFile(context);
    const log = new AttackLog(open(context, path));
    const name = 'x msg_id=000000000900 ';
    for (let count = 0; count < 300; count++)
      log.write(record, { ...policy, name, rule: { ...rule, name } }, 'Levee');
    appendFileSync(path, 'date=2026-11-20 time=10:1');
    new AttackLog(open(context, path)).write(record, policy, 'Levee');
    assert.equal(messages(path).at(-1), '000000000301');
    const [cut, last] = readFileSync(path, 'utf8').split('\n').slice(-3);
    assert.equal(cut, 'date=2026-11-20 time=10:1');
    assert.match(last ?? '', /^date=\S+ time=\S+ log_id=20000010 msg_id=000000000301 /);
  });

  test('tells its followers of each line, until they have enough', (context) => {
    const path = temporaryFile(context);
    const log = new AttackLog(open(context, path));
    const seen: string[] = [];
    const unfollow = log.follow(({ line }) => seen.push(`${line}\n`));
    log.write(record, policy, 'Levee');
    unfollow();
    log.write(record, policy, 'Levee');
    assert.equal(seen.length, 1);
    assert.ok(readFileSync(path, 'utf8').startsWith(seen.join('')));
  });

  test('that can not be written counts what is lost, and tells its followers all the same', (context) => {
    const file = open(context, '/dev/full');
    const log = new AttackLog(file);
    let seen = 0;
    log.follow(() => seen++);
    log.write(record, policy, 'Levee');
    log.write(record, policy, 'Levee');
    assert.deepEqual([file.lost, seen], [2, 2]);
    assert.match(file.lastError, /ENOSPC/);
  });
});
