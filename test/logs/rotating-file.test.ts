import assert from 'node:assert/strict';
import fs, {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { Event } from '../../src/events/events.ts';
import { linesBackward } from '../../src/logs/files/read-back.ts';
import { type FileSettings, RotatingFile } from '../../src/logs/files/rotating-file.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { temporaryFolder } from '../running/folder.ts';

const usual: FileSettings = { size: 1_000_000, files: 3, whenFull: 'nolog' };

function open(path: string, settings: Partial<FileSettings> = {}, told: Event[] = []): RotatingFile {
  return new RotatingFile(path, {
    ...usual,
    ...settings,
    report: (event) => told.push(event),
    makeRoom: () => undefined,
  });
}

function path(context: TestContext): string {
  return join(temporaryFolder(context), 'attack.log');
}

function write(file: RotatingFile, ...lines: readonly string[]): void {
  for (const line of lines) file.append(line);
  file.flush();
}

async function everything(log: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesBackward(log, new AbortController().signal)) lines.unshift(line);
  return lines;
}

suite('a log file', () => {
  test('is its owners alone, and there at the end of the turn', async (context) => {
    const log = path(context);
    const file = open(log);
    file.append('one');
    file.append('two');
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await promise;
    assert.equal(readFileSync(log, 'utf8'), 'one\ntwo\n');
    assert.equal(statSync(log).mode & 0o777, 0o600);
  });

  test('begins a new line after one that was cut off', (context) => {
    const log = path(context);
    writeFileSync(log, 'whole\ncut o');
    write(open(log), 'next');
    assert.equal(readFileSync(log, 'utf8'), 'whole\ncut o\nnext\n');
  });

  test('is put aside at its size, and of the old ones so many stay', (context) => {
    const log = path(context);
    const file = open(log, { size: 10, files: 2 });
    for (const line of ['1111', '2222', '3333', '4444', '5555', '6666', '7777']) write(file, line);
    assert.deepEqual(
      [log, `${log}.1`, `${log}.2`].map((name) => readFileSync(name, 'utf8')),
      ['7777\n', '5555\n6666\n', '3333\n4444\n'],
    );
    assert.equal(existsSync(`${log}.3`), false);
    file.configure({ ...usual, files: 1 });
    assert.deepEqual(readdirSync(join(log, '..')).sort(), ['attack.log', 'attack.log.1']);
  });

  test('holds a line that is longer than a file may be', (context) => {
    const log = path(context);
    write(open(log, { size: 5 }), 'a', 'longer than five', 'b');
    assert.equal(readFileSync(`${log}.1`, 'utf8'), 'longer than five\n');
    assert.equal(readFileSync(log, 'utf8'), 'b\n');
  });

  test('is read back from the last line to the first, whatever was put aside', async (context) => {
    const lines = fc.array(
      fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), { maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 4000 }), async (turns, size) => {
        const log = join(temporaryFolder(context), 'event.log');
        const file = open(log, { size, files: 100_000 });
        const plain = turns.map((turn) => turn.map((line) => line.replace(/[\r\n]/g, '.')));
        for (const turn of plain) write(file, ...turn);
        assert.deepEqual(await everything(log), plain.flat());
      }),
      { numRuns: rounds(8, 30) },
    );
  });

  test('that is longer than one reading is read back whole', async (context) => {
    const log = path(context);
    const lines = Array.from({ length: 20_000 }, (_, index) => `${index} ${'é'.repeat(index % 50)}`);
    write(open(log), ...lines);
    assert.deepEqual(await everything(log), lines);
  });

  test('that was moved or removed by somebody else is made anew', (context) => {
    const log = path(context);
    const file = open(log);
    write(file, 'one');
    renameSync(log, `${log}.old`);
    write(file, 'two');
    rmSync(log);
    write(file, 'three');
    assert.equal(readFileSync(`${log}.old`, 'utf8'), 'one\n');
    assert.equal(readFileSync(log, 'utf8'), 'three\n');
    rmSync(join(log, '..'), { recursive: true });
    write(file, 'four');
    assert.equal(readFileSync(log, 'utf8'), 'four\n');
    renameSync(log, `${log}.old`);
    writeFileSync(log, '');
    file.reopen();
    write(file, 'five');
    assert.equal(readFileSync(log, 'utf8'), 'five\n');
  });

  test('that somebody else has emptied or added to is written on', (context) => {
    const log = path(context);
    const file = open(log, { size: 30 });
    write(file, 'a line of some twenty letters');
    truncateSync(log);
    write(file, 'short');
    appendFileSync(log, 'x'.repeat(40));
    write(file, 'next');
    assert.equal(existsSync(`${log}.1`), true);
    assert.equal(readFileSync(log, 'utf8'), 'next\n');
  });

  test('that can not be written tells once, counts, and tells again when it can', (context) => {
    const log = path(context);
    const told: Event[] = [];
    const file = open(log, {}, told);
    mkdirSync(log);
    write(file, 'one');
    write(file, 'two', 'three');
    rmSync(log, { recursive: true });
    write(file, 'four');
    write(file, 'five');
    assert.equal(readFileSync(log, 'utf8'), 'four\nfive\n');
    assert.deepEqual(
      told.map(({ type }) => type),
      ['log-file-failed', 'log-file-written'],
    );
    assert.deepEqual(told[1], { type: 'log-file-written', file: log, lost: 3 });
  });

  test('keeps the whole lines of what was written in part', (context) => {
    const log = path(context);
    const told: Event[] = [];
    const file = open(log, {}, told);
    write(file, 'zero');
    const real = fs.writeSync;
    let call = 0;
    // The first time 7 bytes of "one\ntwo\nthree\n" get through, then no byte.
    const cut = context.mock.method(fs, 'writeSync', (descriptor: number, bytes: Buffer) => {
      call += 1;
      return call === 1 ? real(descriptor, bytes.subarray(0, 7)) : 0;
    });
    syncBuiltinESMExports();
    write(file, 'one', 'two', 'three');
    cut.mock.restore();
    syncBuiltinESMExports();
    assert.equal(readFileSync(log, 'utf8'), 'zero\none\n');
    write(file, 'four');
    assert.equal(readFileSync(log, 'utf8'), 'zero\none\nfour\n');
    assert.deepEqual(told.at(-1), { type: 'log-file-written', file: log, lost: 2 });
  });

  test('that can not be put aside grows, and says so', (context) => {
    const log = path(context);
    const told: Event[] = [];
    const file = open(log, { size: 5 }, told);
    write(file, 'one');
    const rename = context.mock.method(fs, 'renameSync', () => {
      throw new Error('not permitted');
    });
    syncBuiltinESMExports();
    write(file, 'two', 'three');
    write(file, 'four');
    rename.mock.restore();
    syncBuiltinESMExports();
    assert.equal(readFileSync(log, 'utf8'), 'one\ntwo\nthree\nfour\n');
    write(file, 'five');
    assert.equal(readFileSync(log, 'utf8'), 'five\n');
    assert.deepEqual(
      told.map(({ type }) => type),
      ['log-file-failed'],
    );
  });
});
