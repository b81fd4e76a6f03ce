import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { keyOf } from '../../src/access/account.ts';
import type { Session } from '../../src/cli/session/session.ts';
import { Owner } from '../../src/daemon/owner.ts';
import { openStateDirectory } from '../../src/daemon/state/state-directory.ts';
import { doorOrigin, localOrigin, noCredentials } from '../../src/system/login.ts';
import { newState } from '../running/levee.ts';
import { publicKey } from './public-key.ts';

const [own, other] = [publicKey(1), publicKey(2)];
const address = '192.0.2.7';

const walter = (...lines: readonly string[]): string =>
  ['config system admin', 'edit walter', ...lines, 'end'].join('\n');
const door = (...lines: readonly string[]): string =>
  ['config system access-door', 'edit near', 'set address 0.0.0.0', ...lines, 'end'].join('\n');
const elsewhere = 'set trusthostv4 198.51.100.0/24';

/** Enters lines, and means them. Gives what was wrong with them. */
async function entered(session: Session, lines: string): Promise<string> {
  let told = '';
  await session.execute(lines, (part) => {
    if (part.kind === 'problem') told += `${part.problem.message}: ${part.problem.expected}\n`;
    if (part.kind === 'question') session.answer('yes');
  });
  return told;
}

async function enter(session: Session, lines: string): Promise<void> {
  assert.equal(await entered(session, lines), '');
}

/** A Levee with a door, at which walter has come in with a key, and admin at the console. */
class Here {
  readonly admin: (lines: string) => Promise<void>;
  readonly #owner: Owner;

  private constructor(owner: Owner, admin: Session) {
    this.#owner = owner;
    this.admin = (lines) => enter(admin, lines);
  }

  static async open(context: TestContext): Promise<Here> {
    const owner = await Owner.open(
      openStateDirectory(newState(context).path, {}),
      'the test',
      () => undefined,
    );
    assert.ok(owner instanceof Owner);
    context.after(() => owner.close());
    const login = await owner.login(localOrigin('console', 'login 1000'), noCredentials);
    assert.ok('session' in login);
    const here = new Here(owner, login.session);
    await here.admin(door('set status enable'));
    await here.admin(walter('set access-profile prof_admin', `set sshkey "${own}" "${other}"`));
    return here;
  }

  async walter(): Promise<{
    readonly session: Session;
    readonly type: (lines: string) => Promise<void>;
    readonly end: () => string | null;
  }> {
    const row = this.#owner.configuration.view.find('system access-door', null, 'near') ?? 0;
    const origin = doorOrigin({ type: 'ssh', row }, address);
    const guest = await this.#owner.reception.enter(origin, {
      ...noCredentials,
      name: 'walter',
      key: keyOf(own),
    });
    assert.ok('open' in guest, JSON.stringify(guest));
    let end: string | null = null;
    const session = guest.open((reason) => {
      end = reason;
    });
    assert.ok('execute' in session);
    return { session, type: (lines) => enter(session, lines), end: () => end };
  }
}

suite('who is in', () => {
  const isForeign = '"walter" may not come from there any more, says admin';
  const isNotTaken = '"walter" may not come through that door from there any more, says admin';

  test('is judged by the door of that name as it is now', async (context) => {
    const here = await Here.open(context);
    const one = await here.walter();
    await here.admin('config system access-door\nrename near to far\nend');
    await here.admin('config system access-door\ndelete far\nend');
    assert.equal(one.end(), null, 'a door that is gone sends nobody away');
    await here.admin('config system access-door\nedit near\nset status enable\nend');
    await here.admin(`config system access-door\nedit near\n${elsewhere}\nend`);
    assert.equal(one.end(), null, 'it had another name');
    await here.admin(`config system access-door\nedit far\n${elsewhere}\nend`);
    assert.equal(one.end(), isNotTaken);

    await here.admin('config system access-door\npurge\nend');
    await here.admin(door('set status enable'));
    const next = await here.walter();
    await here.admin('execute config-transaction start');
    await here.admin('config system access-door\ndelete near\nend');
    await here.admin(door(elsewhere));
    await here.admin('execute config-transaction commit');
    assert.equal(next.end(), isNotTaken, 'in one commit');
  });

  test('although they have shut themselves out, goes only when others do that', async (context) => {
    const here = await Here.open(context);
    const one = await here.walter();
    await one.type(walter(`set sshkey "${other}"`));
    await one.type(walter(elsewhere));
    await one.type(door(elsewhere));
    await here.admin(walter(`set sshkey "${other}" "${publicKey(3)}"`));
    await here.admin(walter('set trusthostv6 2001:db8::/32'));
    await here.admin(door('set trusthostv6 2001:db8::/32'));
    await here.admin(door('set banner hello'));
    assert.equal(one.end(), null, 'nothing of that is what keeps them out');
    await here.admin(walter('set trusthostv4 192.0.2.0/24'));
    await here.admin(walter(elsewhere));
    assert.equal(one.end(), isForeign);

    await here.admin(walter('unset trusthostv4', `set sshkey "${own}"`));
    await here.admin(door('unset trusthostv4'));
    const next = await here.walter();
    await next.type(door(elsewhere));
    await here.admin(walter(`set sshkey "${other}"`));
    assert.equal(next.end(), 'the key was taken from "walter" by admin');
  });

  test('alone is named as a session, so that the same person in another one does not read their own name', async (context) => {
    const here = await Here.open(context);
    const [one, next] = [await here.walter(), await here.walter()];
    await one.type('execute config-transaction start exclusive');
    const since = String.raw`since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
    const from = String.raw`from ssh\(192\.0\.2\.7\) ${since}`;
    const where = `transaction 1, which is exclusive, is open in session 2 of walter, ${from}`;
    const change = 'config system global\nset hostname other\nend\nabort';
    const isHeld = new RegExp(
      `only 'session 2 of walter' can change the configuration now: to wait: ${where}`,
    );
    assert.match(await entered(next.session, change), isHeld);
    assert.match(
      await entered(next.session, 'execute config-transaction start exclusive'),
      new RegExp(where),
    );
    const resumed = await entered(next.session, 'execute config-transaction resume 1');
    assert.match(resumed, new RegExp(`session 2 of walter works in it: to end that session first, ${from}`));
    one.session.close();
    assert.match(
      await entered(next.session, change),
      /only 'transaction 1 of walter' can change .*is open; nobody works in it: 10 minutes at most/,
    );
  });
});
