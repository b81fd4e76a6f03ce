import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { RemoteSession } from '../../src/doors/socket/remote-session.ts';
import { localOrigin, noCredentials } from '../../src/system/login.ts';
import { newState, type State } from '../running/levee.ts';

type Typist = {
  readonly revoked: Promise<string>;
  type(line: string): Promise<string>;
};

async function typist(context: TestContext, { path }: State, origin: string): Promise<Typist> {
  const levee = await RemoteSession.connect(join(path, 'levee.sock'));
  context.after(() => levee.close());
  const login = await levee.login(localOrigin(origin, origin), noCredentials);
  assert.ok('session' in login);
  const { session } = login;
  return {
    revoked: session.revoked,
    async type(line) {
      let told = '';
      await session.execute(line, (part) => {
        if (part.kind === 'output' || part.kind === 'notice') told += part.text;
        if (part.kind === 'problem') told += part.problem.message;
      });
      return told;
    },
  };
}

test('administrators see each other, tell each other something, and end sessions', async (context) => {
  const state = newState(context);
  await state.daemonHere();
  const [one, other] = [await typist(context, state, 'here'), await typist(context, state, 'there')];
  const listed = JSON.parse(await one.type('get system logged-users | json'));
  assert.deepEqual(
    listed.map(({ user, from, own }: Record<string, unknown>) => [user, from, own]),
    [
      ['admin', 'here', true],
      ['admin', 'there', false],
    ],
  );
  assert.equal(await one.type('execute broadcast "at noon all goes down"'), 'told in 1 session\n');
  assert.match(await other.type('get system status'), /^message of admin: at noon all goes down\n/);
  const [own, theirs] = listed.map(({ session }: { session: number }) => session);
  assert.match(await one.type(`execute disconnect-admin-session ${own}`), /value parse error/);
  assert.match(await one.type('execute disconnect-admin-session 99'), /entry not found/);
  assert.match(await one.type(`execute disconnect-admin-session ${theirs}`), /of admin from there is ended/);
  assert.match(await other.revoked, /"admin" has disconnected it/);
  assert.equal(JSON.parse(await one.type('get system logged-users | json')).length, 1);
});
