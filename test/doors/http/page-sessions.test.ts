import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PageGuest } from '../../../src/cli/session/open-session.ts';
import { LiveFeed, type Watcher } from '../../../src/doors/http/page/live-feed.ts';
import { cookieText, idIn, PageSessions } from '../../../src/doors/http/page/page-sessions.ts';
import { FakeSession } from '../../shell/fake-session.ts';

const minute = 60_000;

/** Somebody who has been let in, and what became of them. */
function guestWith(log: string[], refused?: string): PageGuest {
  return {
    account: 1,
    name: 'anna',
    mayDoEverything: false,
    notice: null,
    get services(): never {
      throw new Error('nobody asks for these');
    },
    open: () => (refused === undefined ? new FakeSession(log) : { refused }),
    beside: () => assert.fail('nobody asks for data'),
    leave: (reason = null) => void log.push(`left: ${reason}`),
  };
}

type Clocked = { readonly sessions: PageSessions; at: number };

function sessionsAt(idleMinutes: number): Clocked {
  const clock = { at: 0 };
  const sessions = new PageSessions(
    () => clock.at,
    () => idleMinutes,
  );
  return Object.assign(clock, { sessions });
}

test('a session ends when nothing was done for long, and after eight hours in any case', () => {
  for (const [idleMinutes, idle] of [
    [5, 5],
    [480, 10],
  ] as const) {
    const clock = sessionsAt(idleMinutes);
    const { sessions } = clock;
    const log: string[] = [];
    const begun = sessions.begin(guestWith(log), null);
    if ('refused' in begun) throw new Error(begun.refused);
    const { id, page } = begun;
    clock.at += idle * minute;
    assert.equal(sessions.find(id), page);
    sessions.touch(page, false);
    clock.at += 1;
    assert.equal(sessions.find(id), undefined, 'what the page asks by itself keeps nobody here');
    assert.ok(page.over.aborted);
    assert.match(log.join('\n'), /^left: nothing was done for long/m);
    sessions.close();
  }
  const clock = sessionsAt(480);
  const begun = clock.sessions.begin(guestWith([]), null);
  if ('refused' in begun) throw new Error(begun.refused);
  for (; clock.at <= 8 * 60 * minute; clock.at += minute) {
    assert.ok(clock.sessions.find(begun.id));
    clock.sessions.touch(begun.page, true);
  }
  assert.equal(clock.sessions.find(begun.id), undefined);
  clock.sessions.close();
});

test('who can have no session has none, and the door that is shut ends all', () => {
  const { sessions } = sessionsAt(5);
  const log: string[] = [];
  assert.deepEqual(sessions.begin(guestWith(log, 'there is no more room'), null), {
    refused: 'there is no more room',
  });
  assert.deepEqual(log, ['left: there is no more room']);
  const begun = sessions.begin(guestWith(log), null);
  if ('refused' in begun) throw new Error(begun.refused);
  sessions.close();
  assert.equal(sessions.find(begun.id), undefined);
  assert.ok(log.includes('left: the door is shut'));
  assert.deepEqual(sessions.begin(guestWith(log), null), { refused: 'the door is shut' });
});

test('batches of a session run one after the other, whatever becomes of each', async () => {
  const { sessions } = sessionsAt(5);
  const begun = sessions.begin(guestWith([]), null);
  if ('refused' in begun) throw new Error(begun.refused);
  const { page } = begun;
  const told: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = page.inTurn(async () => {
    await gate.promise;
    told.push('first');
    throw new Error('it failed');
  });
  const second = page.inTurn(async () => told.push('second'));
  assert.deepEqual([page.waiting, told], [2, []]);
  gate.resolve();
  await assert.rejects(first, /it failed/);
  await second;
  assert.deepEqual([page.waiting, told], [0, ['first', 'second']]);
  assert.equal(page.hasToken(page.token), true);
  assert.equal(page.hasToken(`${page.token}x`), false);
  sessions.close();
});

test('a cookie is read as it was given, and nothing else is', () => {
  const id = 'a'.repeat(43);
  const of = (cookie: string): string | undefined => idIn({ headers: { cookie } }, 'levee-1');
  assert.equal(of(cookieText('levee-1', id, false).split(';')[0] ?? ''), id);
  assert.equal(of(`other=1; levee-1=${id}`), id);
  for (const cookie of ['', `levee-1=${id}; levee-1=${id}`, 'levee-1=', `levee-11=${id}`, `levee-1=${id}=`])
    assert.equal(of(cookie), undefined, cookie);
});

test('who does not read is told nothing more, and who may look no more is let go', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const told: string[] = [];
  const feed = new LiveFeed({ system: () => undefined, policyNamed: () => undefined });
  const watcher = (name: string, isBehind: boolean, mayLook: () => boolean): Watcher => ({
    outlet: {
      isBehind,
      write: (text) => void told.push(`${name} ${text.split('\n')[0]}`),
      end: () => void told.push(`${name} ends`),
    },
    topics: new Set(['measured']),
    policy: null,
    session: () => (mayLook() ? { confirmation: null, revision: 1 } : null),
    mayWatch: () => true,
  });
  let isOver = false;
  feed.add(watcher('slow', true, () => true));
  feed.add(watcher('ended', false, () => !isOver));
  const leave = feed.add(watcher('quick', false, () => true));
  const tick = async (): Promise<void> => {
    context.mock.timers.tick(1000);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  await tick();
  assert.deepEqual(told.splice(0), ['ended event: session', 'quick event: session']);
  isOver = true;
  await tick();
  assert.deepEqual(told.splice(0), ['ended ends', 'quick event: session']);
  leave();
  assert.equal(feed.count, 1);
  await tick();
  assert.deepEqual(told, []);
});
