import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { History, historyLimit } from '../../src/shell/editor/history.ts';
import { HistoryFile } from '../../src/shell/editor/history-file.ts';
import { temporaryFolder } from '../running/folder.ts';
import { DrivenShell } from './driven-shell.ts';
import { FakeSession } from './fake-session.ts';

function historyPath(context: TestContext): string {
  const folder = temporaryFolder(context);
  return join(folder, 'history');
}

test('a history keeps what was typed, but for blanks and repetitions', () => {
  const added: string[] = [];
  const history = new History(['show'], (entry) => added.push(entry));
  for (const line of ['show', ' ', 'get', 'get', ' get ', 'show']) history.add(line);
  assert.deepEqual(added, ['get', 'show']);
  assert.equal(history.length, 3);
  for (let at = 0; at < 2 * historyLimit; at += 1) history.add(`line ${at}`);
  assert.equal(history.length, historyLimit);
  assert.equal(history.at(historyLimit - 1), `line ${2 * historyLimit - 1}`);
});

test('a history offers how a line went on, but for what failed when it was last run', () => {
  const history = new History(['show waf', 'show log', 'show waf'], () => undefined);
  assert.deepEqual(history.beginningWith('show ', 8), ['show waf', 'show log']);
  history.ran('show waf', false);
  assert.deepEqual(history.beginningWith('show ', 8), ['show log']);
  history.ran('show waf', true);
  assert.deepEqual(history.beginningWith('show ', 1), ['show waf']);
});

test('the next run finds it, in a file for the owner alone', async (context) => {
  const historyFile = historyPath(context);
  const first = new DrivenShell(new FakeSession(), { historyFile });
  await first.type('show waf\rset comment "a\rb"\rset password secret\r');
  first.input.end();
  await first.ended;
  assert.equal(statSync(historyFile).mode & 0o777, 0o600);
  assert.doesNotMatch(readFileSync(historyFile, 'utf8'), /secret/);
  const second = new DrivenShell(new FakeSession(), { historyFile });
  await second.type('\x1b[A');
  assert.deepEqual(second.terminal.picture, ['Levee # set comment "a', '> b"█']);
  await second.type('\x03\x1b[A\x1b[A\x1b[A');
  assert.equal(second.terminal.picture.at(-1), 'Levee # show waf█');
  second.input.end();
  await second.ended;
});

test('a file that is too long, open to others or damaged is put right', (context) => {
  const path = historyPath(context);
  const entries = Array.from({ length: historyLimit + 200 }, (_, at) => `line ${at}`);
  writeFileSync(path, `${entries.map((entry) => JSON.stringify(entry)).join('\n')}\n"cut sh\n7\n"last"\n`);
  chmodSync(path, 0o644);
  const wanted = [...entries, 'last'].slice(-historyLimit);
  assert.deepEqual(new HistoryFile(path).read(), wanted);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(readFileSync(path, 'utf8').split('\n').length, historyLimit + 1);
  assert.deepEqual(new HistoryFile(path).read(), wanted);
});

test('shells that run at the same time lose nothing', async (context) => {
  const path = historyPath(context);
  const file = JSON.stringify(join(import.meta.dirname, '../../src/shell/editor/history-file.ts'));
  const count = 200;
  const script = (name: string): string =>
    `const { HistoryFile } = await import(${file}); const history = new HistoryFile(${JSON.stringify(path)});
     for (let at = 0; at < ${count}; at += 1) history.append(${JSON.stringify(name)} + '-' + at + 'x'.repeat(5000));`;
  const children = ['one', 'two'].map((name) =>
    spawn(process.execPath, ['--input-type=module', '-e', script(name)], { stdio: 'inherit' }),
  );
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
  assert.deepEqual(codes, [0, 0]);
  const entries = new HistoryFile(path).read();
  assert.equal(entries.length, 2 * count);
  for (const name of ['one', 'two']) {
    assert.deepEqual(
      entries.filter((entry) => entry.startsWith(name)).map((entry) => entry.replace(/x+$/, '')),
      Array.from({ length: count }, (_, at) => `${name}-${at}`),
    );
  }
});

test('a history that cannot be kept is said once, and the shell goes on', async () => {
  const shell = new DrivenShell(new FakeSession(), { historyFile: '/nonexistent/history' });
  await shell.type('show\rget\r');
  assert.equal(shell.terminal.all.filter((line) => line.startsWith('The history is not kept')).length, 1);
  assert.equal(shell.terminal.picture.at(-1), 'Levee # █');
  shell.input.end();
  await shell.ended;
});
