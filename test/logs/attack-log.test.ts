import assert from 'node:assert/strict';
import fs, { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
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

function open(context: TestContext, path: string, tell: (event: string) => void = assert.fail): LogFile {
  const file = new LogFile(path, tell);
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

  test('that can not be written says so once, and tells its followers all the same', (context) => {
    const told: string[] = [];
    const log = new AttackLog(open(context, '/dev/full', (event) => told.push(event)));
    let seen = 0;
    log.follow(() => seen++);
    log.write(record, policy, 'Levee');
    log.write(record, policy, 'Levee');
    assert.equal(seen, 2);
    assert.deepEqual(told, [
      "/dev/full can't be written: ENOSPC: no space left on device, write; its lines are lost",
    ]);
  });

  test('that can be written again says how many lines are lost', (context) => {
    const path = temporaryFile(context);
    const told: string[] = [];
    const file = open(context, path, (event) => told.push(event));
    const write = context.mock.method(fs, 'writeSync', () => 0);
    syncBuiltinESMExports();
    file.append('one');
    file.append('two');
    write.mock.restore();
    syncBuiltinESMExports();
    file.append('three');
    file.append('four');
    assert.equal(readFileSync(path, 'utf8'), 'three\nfour\n');
    assert.deepEqual(told, [
      `${path} can't be written: only a part of a line was written; its lines are lost`,
      `${path} is written again; lines that were lost: 2`,
    ]);
  });
});
