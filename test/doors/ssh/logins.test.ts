import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { codeOf, fromBase32 } from '../../../src/access/one-time-codes.ts';
import { hashPasswordSync } from '../../../src/access/password.ts';
import { hostOfSuite, noOpenSsh } from './open-ssh.ts';

const password = 'correct horse 7';
/** Of that password, and quick to check. */
const record = hashPasswordSync(password, { cost: 10, lanes: 1 });
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

function codeNow(steps = 0): string {
  return codeOf(fromBase32(secret) ?? new Uint8Array(), Math.floor(Date.now() / 30_000) + steps);
}

suite('who comes in over SSH', { skip: noOpenSsh }, () => {
  const hostNow = hostOfSuite();

  test('a password, a key, and a code besides either, as the account says', async () => {
    const host = hostNow();
    const [own, other] = [host.own, host.key('other')];
    await host.console('config system access-door', 'edit door', 'set banner "Authorised use only."', 'end');
    await host.console(
      'config system admin',
      'edit alice',
      'set access-profile prof_admin',
      `set password ENC ${record}`,
      `set sshkey "${own.public}"`,
      'next',
      'edit carol',
      'set access-profile prof_admin',
      `set password ENC ${record}`,
      `set sshkey "${own.public}"`,
      'set two-factor totp',
      `set totp-secret ${secret}`,
      'next',
      'edit nobody',
      'set access-profile prof_admin',
      'end',
    );
    const command = ['get system logged-users | json'];
    const byPassword = await host.ssh('alice', command, { password, words: ['-o', 'LogLevel=INFO'] });
    assert.equal(byPassword.status, 0, byPassword.stderr);
    assert.match(byPassword.stderr, /^Authorised use only\.$/m);
    const [session] = JSON.parse(byPassword.stdout);
    assert.deepEqual(
      [session.user, session.from, session.door, session.address],
      ['alice', 'ssh(127.0.0.1)', 'ssh', '127.0.0.1'],
    );
    const only = ['-o', 'PreferredAuthentications=password'];
    assert.equal((await host.ssh('alice', command, { password, words: only })).status, 0);
    assert.equal((await host.ssh('alice', command, { key: own.file })).status, 0);
    // A key that does not fit, and no password to be had.
    const batch = ['-o', 'BatchMode=yes'];
    const refused = await host.ssh('alice', command, { key: other.file, words: batch });
    assert.deepEqual([refused.status, refused.stdout], [255, '']);
    assert.match(refused.stderr, /Permission denied \(publickey,keyboard-interactive,password\)/);
    // Without a password nobody comes in but at the console.
    assert.equal((await host.ssh('nobody', command, { password: '', words: batch })).status, 255);

    const once = ['-o', 'NumberOfPasswordPrompts=1', '-o', 'PreferredAuthentications=keyboard-interactive'];
    const twice = { password, code: codeNow() };
    assert.equal((await host.ssh('carol', command, { password, code: '000000', words: once })).status, 255);
    assert.equal((await host.ssh('carol', command, twice)).status, 0);
    assert.equal(
      (await host.ssh('carol', command, { ...twice, words: once })).status,
      255,
      'a code lets in once',
    );
    const keyed = await host.ssh('carol', command, { key: own.file, code: codeNow(1) });
    assert.equal(keyed.status, 0, keyed.stderr);
    assert.equal((await host.ssh('carol', command, { key: own.file, words: batch })).status, 255);
  });

  test('wrong passwords shut out their address, and no key', async () => {
    const host = hostNow();
    const key = host.key('own');
    await host.console(
      'config system admin',
      'edit bob',
      'set access-profile prof_admin',
      `set password ENC ${record}`,
      `set sshkey "${key.public}"`,
      'end',
    );
    const command = ['get system status'];
    const wrong = await host.ssh('bob', command, {
      password: 'wrong',
      words: ['-o', 'LogLevel=INFO'],
    });
    assert.match(
      wrong.stderr,
      /name or password is wrong\r\n.*too many wrong passwords from there: wait 3 minutes/s,
    );
    assert.equal((await host.ssh('bob', command, { password })).status, 255);
    assert.equal((await host.ssh('bob', command, { key: key.file })).status, 0);
    const log = await host.console('execute log display event | raw');
    assert.match(log, /user="bob" ui="ssh\(127\.0\.0\.1\)" action=login status=failure/);
  });

  test('nobody comes from a host that the account does not trust', async () => {
    const host = hostNow();
    const key = host.key('own');
    await host.console(
      'config system admin',
      'edit dave',
      'set access-profile prof_admin',
      `set password ENC ${record}`,
      `set sshkey "${key.public}"`,
      'set trusthostv4 192.0.2.0/24',
      'end',
    );
    const command = ['get system status'];
    assert.equal((await host.ssh('dave', command, { password })).status, 255);
    const batch = ['-o', 'BatchMode=yes'];
    assert.equal((await host.ssh('dave', command, { key: key.file, words: batch })).status, 255);
    await host.console('config system admin', 'edit dave', 'append trusthostv4 127.0.0.0/8', 'end');
    assert.equal((await host.ssh('dave', command, { key: key.file })).status, 0);
  });

  test('a password that must be changed is changed at the login', async () => {
    const host = hostNow();
    const key = host.key('own');
    await host.console(
      'config system admin',
      'edit eve',
      'set access-profile prof_admin',
      `set password ENC ${record}`,
      `set sshkey "${key.public}"`,
      'set force-password-change enable',
      'end',
    );
    const batch = ['-o', 'BatchMode=yes'];
    const command = ['get system status'];
    const withKey = await host.ssh('eve', command, { key: key.file, words: batch });
    assert.equal(withKey.status, 255, 'a key is no way around it');
    host.file(
      'askpass',
      `#!/bin/sh\ncase $1 in *New*|*Again*) echo "another horse 8";; *) echo "${password}";; esac\n`,
    );
    await host.run('chmod', ['700', host.file('askpass')]);
    const changed = await host.ssh('eve', command, { password: '' });
    assert.equal(changed.status, 0, changed.stderr);
    assert.equal((await host.ssh('eve', command, { key: key.file })).status, 0);
  });

  test('a key that is taken from its account, or a host that is trusted no more, ends what was begun so', async () => {
    const host = hostNow();
    const key = host.key('other');
    const walter = ['config system admin', 'edit walter'];
    await host.console(...walter, 'set access-profile prof_admin', `set sshkey "${key.public}"`, 'end');
    const isForeign = '"walter" may not come from there any more, says admin';
    const isNotTaken = '"walter" may not come through that door from there any more, says admin';
    const door = ['config system access-door', 'edit door'];
    for (const [where, line, reason] of [
      [walter, 'unset sshkey', 'the key was taken from "walter" by admin'],
      [walter, 'set trusthostv4 192.0.2.0/24', isForeign],
      [door, 'set trusthostv4 192.0.2.0/24', isNotTaken],
    ] as const) {
      const tail = host.ssh('walter', ['execute log tail event'], { key: key.file });
      while (!(await host.console('get system logged-users')).includes('walter'));
      await host.console(...where, line, 'end');
      const { status, stderr } = await tail;
      assert.equal(status, 1);
      assert.ok(stderr.includes(`Levee has ended this session: ${reason}\n`), stderr);
      await host.console(...walter, 'unset trusthostv4', `set sshkey "${key.public}"`, 'end');
    }
    await host.console(...door, 'unset trusthostv4', 'end');
  });
});
