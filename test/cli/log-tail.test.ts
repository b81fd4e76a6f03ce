import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { LocalSession } from '../../src/cli/session/local-session.ts';
import type { ReplyPart } from '../../src/cli/session/session.ts';
import type { LogLine } from '../../src/system/log-access.ts';
import { until } from '../running/condition.ts';
import { FollowedLog } from './followed-log.ts';
import { openLevee } from './in-process.ts';

/** A session, and what writes a record into the log that it follows. */
function opened(context: TestContext): { session: LocalSession; record(line: LogLine): void } {
  const log = new FollowedLog();
  const { session } = openLevee(context).as('admin', log.system);
  // A test that fails must not go on following.
  context.after(() => session.interrupt());
  return { session, record: (line) => log.record(line) };
}

test('a log that is followed into a file goes on in it', async (context) => {
  const { session, record } = opened(context);
  const parts: ReplyPart[] = [];
  const running = session.execute('execute log tail | save "records"', (part) => parts.push(part));
  await until('it follows', () => parts.length === 1);
  record({ line: 'one', fields: {} });
  record({ line: 'two', fields: {} });
  await until('both are here', () => parts.length === 3);
  assert.deepEqual(parts.slice(1), [
    { kind: 'file', name: 'records', text: 'one\n', append: false, overwrite: false },
    { kind: 'file', name: 'records', text: 'two\n', append: true, overwrite: false },
  ]);
  session.interrupt();
  await running;
});

test('records have a short form for a screen, and their lines for all else', async (context) => {
  const { session, record } = opened(context);
  record({ line: 'count=1', fields: { count: 1 } });
  record({ line: 'count=20', fields: { count: 20 } });
  // On a busy machine it comes in several parts.
  const printed = async (command: string): Promise<{ text: string; screen: string }> => {
    const parts: ReplyPart[] = [];
    assert.equal((await session.execute(command, (part) => parts.push(part))).status, 0);
    const outputs = parts.map((part) => {
      assert.ok(part.kind === 'output');
      return part;
    });
    return {
      text: outputs.map(({ text }) => text).join(''),
      screen: outputs.map(({ screen = '' }) => screen).join(''),
    };
  };
  const text = 'count=1\ncount=20\n';
  assert.deepEqual(await printed('execute log display'), { text, screen: 'number\n     1\n    20\n' });
  assert.deepEqual(await printed('execute log display | raw'), { text, screen: '' });
  assert.deepEqual(await printed('execute log display | grep 2'), { text: 'count=20\n', screen: '' });
});

test('a log that is followed waits for a client that does not read, and tells what it left out', async (context) => {
  const { session, record } = opened(context);
  const reading = Promise.withResolvers<void>();
  let asked = 0;
  const drained = (): Promise<void> => {
    asked += 1;
    return asked === 1 ? Promise.resolve() : reading.promise;
  };
  const notices: string[] = [];
  let output = '';
  const running = session.execute(
    'execute log tail',
    (part) => {
      if (part.kind === 'notice') notices.push(part.text);
      if (part.kind === 'output') output += part.text;
    },
    drained,
  );
  await until('it waits for the client', () => asked === 2);
  for (let count = 0; count < 1005; count++) record({ line: `line ${count}`, fields: { count } });
  assert.equal(output, '');
  reading.resolve();
  await until('all is told', () => notices.length === 2);
  assert.equal(output.split('\n').length, 1001);
  assert.deepEqual(notices.slice(1), ['5 more came too fast to be shown\n']);
  session.interrupt();
  assert.equal((await running).status, 0);
});
