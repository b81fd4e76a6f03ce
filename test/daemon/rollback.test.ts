import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { hashPasswordSync } from '../../src/access/password.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { commandHere } from '../running/command-here.ts';
import { newState, policyText, type State } from '../running/levee.ts';
import { publicKey } from './public-key.ts';

async function done(state: State, ...commands: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await state.here(commands.flatMap((command) => ['-c', command]));
  assert.deepEqual([status, stderr], [0, ''], commands.join(', '));
  return stdout;
}

async function given(context: TestContext, text: string): Promise<State> {
  const state = newState(context);
  const { status, stderr } = await state.here(['import', '-'], text);
  assert.deepEqual([status, stderr], [0, '']);
  return state;
}

suite('a rollback', () => {
  test('drops no connection of a policy that stands, and brings a deleted one back', async (context) => {
    const [member, port, other] = [await startMember(context), await freePort(), await freePort()];
    const state = await given(
      context,
      policyText(port, member.port, 10) + policyText(other, member.port, 10, 'other'),
    );
    await state.daemonHere();
    const client = new Client('127.0.0.1', port);
    context.after(() => client.socket.destroy());
    assert.equal(await client.outcome, 'admitted');
    await done(
      state,
      'config waf layer4-connection-flood-check-rule',
      'edit "web limit"',
      'set layer4-connection-threshold 1',
      'next',
      'end',
      'config server-policy policy',
      'delete other',
      'rename web to front',
      'end',
    );
    await done(state, 'execute revision rollback 1');
    const back = new Client('127.0.0.1', other);
    context.after(() => back.socket.destroy());
    assert.equal(await back.outcome, 'admitted');
    const { stdout } = await state.here(['-c', 'diagnose policy list web | json']);
    assert.equal(JSON.parse(stdout)[0].connections, 1);
    const more = new Client('127.0.0.1', port);
    context.after(() => more.socket.destroy());
    assert.equal(await more.outcome, 'admitted', 'the threshold is what it was');
    assert.equal(client.socket.destroyed, false);
  });

  test('takes no password back: who lives keeps it, and who returns has none', async (context) => {
    const password = (text: string): string => hashPasswordSync(text, { cost: 10, lanes: 1 });
    const account = (name: string, text: string): string =>
      `edit ${name}\nset access-profile prof_admin\nset password ENC ${password(text)}\nnext\n`;
    const state = await given(
      context,
      `config system admin\n${account('ann', 'of yesterday')}${account('bert', 'of yesterday')}end\n`,
    );
    const changed = `config system admin\n${account('ann', 'of today')}delete bert\nend\n`;
    assert.equal((await state.here(['import', '-'], changed)).status, 0);
    const told = await done(state, 'execute revision rollback 1');
    assert.equal(
      told,
      'revision 3 brings revision 1 back\nsystem admin "bert": nobody can log in until it is given a new password\nsystem admin "ann": password stays what it is now\n',
    );
    const enters = async (name: string, text: string): Promise<boolean> => {
      const words = ['--state', state.path, '--user', name, '-c', 'get system status'];
      const { status } = await commandHere(words, { ...process.env, LEVEE_PASSWORD: text });
      return status === 0;
    };
    const tries = [
      await enters('ann', 'of today'),
      await enters('bert', 'of yesterday'),
      await enters('bert', ''),
    ];
    assert.deepEqual(tries, [true, false, false]);
  });

  test('takes no key and no second factor back, nor lets one in who had no password', async (context) => {
    const accounts = (more: string): string =>
      `config system admin\n${['ann', 'bert'].map((name) => `edit ${name}\nset access-profile prof_admin\n${more}next\n`).join('')}`;
    const state = await given(context, `${accounts(`set sshkey "${publicKey(1)}"\n`)}end\n`);
    const changed = `config system admin\nedit ann\nset sshkey "${publicKey(2)}"\nset two-factor totp\nset totp-secret ABCDEFGHIJKLMNOPQRSTUVWXYZ234567\nnext\ndelete bert\nend\n`;
    assert.equal((await state.here(['import', '-'], changed)).status, 0);
    const { remarks } = JSON.parse(await done(state, 'execute revision rollback 1 | json'));
    assert.deepEqual(remarks, [
      'system admin "bert": nobody can log in until it is given a new password',
      'system admin "bert": sshkey is to be set again',
      'system admin "ann": what was taken out of sshkey since is to be set again',
      'system admin "ann": two-factor stays what it is now',
      'system admin "ann": totp-secret stays what it is now',
    ]);
    const shown = await done(state, 'show system admin');
    const [ann = '', bert = ''] = shown.split('edit "bert"');
    assert.ok(!shown.includes(publicKey(2)) && !shown.includes(publicKey(1)));
    assert.match(ann, /set two-factor totp/);
    assert.match(bert, /set password ENC/);
  });

  test('takes out a key that was added since, and says of a second factor that it stays off', async (context) => {
    const [own, other] = [publicKey(1), publicKey(2)];
    const totp = 'set two-factor totp\nset totp-secret ABCDEFGHIJKLMNOPQRSTUVWXYZ234567\n';
    const state = await given(
      context,
      `config system admin\nedit ann\nset access-profile prof_admin\nset sshkey "${own}"\n${totp}end\n`,
    );
    const edit = ['config system admin', 'edit ann'];
    await done(state, ...edit, `append sshkey "${other}"`, 'end');
    await done(state, ...edit, 'set two-factor disable', 'end');
    const told = await done(state, 'execute revision rollback 1');
    assert.equal(
      told,
      'revision 4 brings revision 1 back\nsystem admin "ann": two-factor stays what it is now\n',
    );
    const shown = await done(state, 'show system admin');
    assert.ok(shown.includes(own) && !shown.includes(other));
    const again = await state.here(['-c', 'execute revision rollback 1']);
    assert.deepEqual(
      [again.stdout, again.stderr],
      [
        'system admin "ann": two-factor stays what it is now\n',
        'nothing has changed: there is no new revision\n',
      ],
    );
  });

  test('keeps a sealed secret only where it is sent as before', async (context) => {
    const mail = (name: string, server: string): string =>
      `edit ${name}\nset mailfrom a@example.com\nset mailto1 b@example.com\nset smtp-server ${server}\nset smtp-password "a secret"\nnext\n`;
    const state = await given(
      context,
      `config log email-policy\n${mail('same', '192.0.2.1')}${mail('moved', '192.0.2.1')}${mail('gone', '192.0.2.1')}end\n`,
    );
    const more = `config log email-policy\nedit same\nset mailto1 c@example.com\nnext\n${mail('moved', '192.0.2.2')}delete gone\nend\n`;
    assert.equal((await state.here(['import', '-'], more)).status, 0);
    const { remarks } = JSON.parse(await done(state, 'execute revision rollback 1 | json'));
    assert.deepEqual(remarks.sort(), [
      'log email-policy "gone": smtp-password is to be set again',
      'log email-policy "moved": smtp-password is to be set again, since it was given for another smtp-server, smtp-port, smtp-username, connection-security, verify-certificate',
    ]);
    const shown = await done(state, 'show log email-policy');
    assert.equal(shown.match(/smtp-password/g)?.length, 1);
    assert.match(shown, /edit "same"[\s\S]*smtp-password ENC[\s\S]*edit "moved"/);
  });
});
