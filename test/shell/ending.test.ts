import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Emit, Outcome } from '../../src/cli/session/session.ts';
import type { Completion, Highlight } from '../../src/cli/typing/assistance.ts';
import { DrivenShell } from './driven-shell.ts';
import { FakeSession } from './fake-session.ts';

function assertRestored(shell: DrivenShell): void {
  assert.equal(shell.isRaw, false);
  assert.equal(shell.terminal.modes.get('2004'), false, 'bracketed paste is off');
  assert.equal(shell.terminal.modes.get('25'), true, 'the cursor is visible');
}

test('while it reads, the terminal is raw and pastes come in brackets', async () => {
  const shell = new DrivenShell(new FakeSession());
  await shell.settled();
  assert.equal(shell.isRaw, true);
  assert.equal(shell.terminal.modes.get('2004'), true);
  await shell.type('exit\r');
  assert.equal(await shell.ended, 'left');
  assertRestored(shell);
});

test('a terminal that is lost ends the shell at the prompt, in a command, in a dialogue and in the pager', async () => {
  for (const typed of ['', 'half a li', 'wait\r', 'ask purge\r', 'more on\rlines 99\r', 'many ?', '\x12sh']) {
    const log: string[] = [];
    const shell = new DrivenShell(new FakeSession(log), { colour: true });
    await shell.type(typed);
    shell.input.destroy();
    await shell.ended;
    assertRestored(shell);
    if (typed === 'wait\r') assert.equal(log.at(-1), 'interrupt');
  }
});

test('closing the console ends it in the same places', async () => {
  for (const typed of ['half a li', 'wait\r', 'ask name\r', 'more on\rlines 99\r']) {
    const shell = new DrivenShell(new FakeSession());
    await shell.type(typed);
    shell.console.close();
    await shell.ended;
    assertRestored(shell);
  }
});

test('a question before the session, and one to nobody', async () => {
  const shell = new DrivenShell(new FakeSession());
  await shell.type('exit\r');
  await shell.ended;
  assert.equal(await shell.console.ask({ kind: 'password', message: 'Password' }), null);
});

test('a person whose session Levee has ended is told why, in the middle of a line too', async () => {
  for (const isTTY of [true, false]) {
    const session = new FakeSession();
    const shell = new DrivenShell(session, { isTTY });
    await shell.type('half a li');
    session.revoke('Levee has ended this session: for a reason');
    assert.equal(await shell.ended, 'revoked');
    assert.match(shell.terminal.all.join('\n'), /for a reason/);
  }
});

test('a person who does nothing for too long is logged out, in the pager too', async () => {
  for (const typed of ['', 'more on\rlines 99\r', 'ask purge\r']) {
    const shell = new DrivenShell(new FakeSession());
    await shell.type(`idle 0.0005\r${typed}`);
    assert.equal(await shell.ended, 'idle');
    assert.match(shell.terminal.all.join('\n'), /the session ends/);
    assertRestored(shell);
  }
});

test('a command that runs is not idleness', async () => {
  const session = new FakeSession();
  const shell = new DrivenShell(session);
  await shell.type('idle 0.0005\r');
  shell.input.write('wait\r');
  // The next round of the timer comes and goes.
  await shell.shows(() => false, 80);
  assert.doesNotMatch(shell.terminal.all.join('\n'), /the session ends/);
  session.interrupt();
  await shell.ended;
  assert.match(shell.terminal.all.join('\n'), /interrupted[\s\S]*the session ends/);
});

class Lost extends FakeSession {
  override execute(_text: string, _emit: Emit): Promise<Outcome> {
    return Promise.reject(new Error('Levee has ended the session'));
  }

  override highlight(): Promise<readonly Highlight[]> {
    return Promise.reject(new Error('no highlights'));
  }
}

test('a lost session is thrown, with the terminal restored', async () => {
  const shell = new DrivenShell(new Lost());
  const ended = assert.rejects(shell.ended, /has ended the session/);
  await shell.type('show\r');
  await ended;
  assertRestored(shell);
  const coloured = new DrivenShell(new Lost(), { colour: true });
  const failed = assert.rejects(coloured.ended, /no highlights/);
  await coloured.type('s');
  await failed;
  assertRestored(coloured);
});

/** Answers only when it is told to. */
class Slow extends FakeSession {
  readonly #waiting: (() => void)[] = [];
  readonly asked: string[] = [];

  override async highlight(text: string): Promise<readonly Highlight[]> {
    this.asked.push(text);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    await promise;
    return [{ start: 0, length: text.length, kind: 'unknown' }];
  }

  override async complete(): Promise<Completion> {
    return { start: 0, candidates: [] };
  }

  release(): void {
    this.#waiting.shift()?.();
  }
}

test('no key waits for highlights, and those of an older text are never painted', async () => {
  const session = new Slow();
  const shell = new DrivenShell(session, { colour: true });
  for (const key of 'show') await shell.type(key);
  assert.deepEqual(shell.terminal.picture, ['Levee # show█']);
  assert.deepEqual(session.asked, ['s']);
  session.release();
  await shell.settled();
  assert.equal(shell.terminal.looksAtCursor, '');
  assert.deepEqual(session.asked, ['s', 'show'], 'what lies between is not asked');
  session.release();
  await shell.settled();
  assert.equal(shell.terminal.looksAtCursor, '........RRRR');
  await shell.type('x');
  assert.equal(shell.terminal.looksAtCursor, '');
  shell.input.end();
  await shell.ended;
});

test('without a terminal that understands it nothing but text is written', async () => {
  const shell = new DrivenShell(new FakeSession(), { isTTY: false });
  await shell.type('show\nlines 2\nset "a\nb"\nask purge\n');
  shell.input.end();
  await shell.ended;
  assert.equal(shell.written.includes('\x1b'), false);
  assert.match(shell.written, /^Levee # Levee # line 1\nline 2\nLevee # > .*answered null\nLevee # $/s);
});
