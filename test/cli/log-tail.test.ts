import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SecretKey } from '../../src/access/secret-key.ts';
import { LocalSession } from '../../src/cli/session/local-session.ts';
import type { ReplyPart } from '../../src/cli/session/session.ts';
import { checkScript } from '../../src/scripting/script/check.ts';
import type { LogLine } from '../../src/system/log-access.ts';
import type { System } from '../../src/system/system.ts';
import { until } from '../running/condition.ts';
import { Levee, language } from './in-process.ts';

function nothing(): never {
  throw new Error('it is not asked for that');
}

/** A system of which only the attack log can be followed. */
function followed(follow: System['logs']['follow']): System {
  return {
    logs: { keys: [], newest: nothing, status: nothing, follow },
    floodTest: nothing,
    policies: nothing,
    sources: nothing,
    advice: nothing,
    blocks: nothing,
    liftBlock: nothing,
    listConnections: nothing,
    status: nothing,
  };
}

/** A session, and what writes a record into the log that it follows. */
function opened(context: TestContext): { session: LocalSession; record(line: LogLine): void } {
  const levee = new Levee();
  context.after(() => levee.close());
  let listening: (line: LogLine) => void = nothing;
  const system = followed((_, listener) => {
    listening = listener;
    return () => undefined;
  });
  const session = new LocalSession({
    language,
    configuration: levee.configuration,
    system,
    author: { name: 'admin', origin: 'test' },
    administrator: null,
    secretKey: SecretKey.random(),
    checkScript: async (text) => checkScript(text),
  });
  return { session, record: (line) => listening(line) };
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
    { kind: 'file', name: 'records', text: 'one\n', append: false },
    { kind: 'file', name: 'records', text: 'two\n', append: true },
  ]);
  session.interrupt();
  await running;
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
