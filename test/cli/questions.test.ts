import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { keyOf } from '../../src/access/account.ts';
import type { Whence } from '../../src/system/login.ts';
import { publicKey } from '../daemon/public-key.ts';
import { converse } from './converse.ts';
import { type Levee, openLevee, printed } from './in-process.ts';

suite('execute wizard flood-rule', () => {
  const six = ['shop', '192.0.2.10', '80', '198.51.100.7', '8080', '10', 'block-period'];

  test('asks its questions, shows its commands and makes the whole chain', async (context) => {
    const levee = openLevee(context);
    const { asked, told, outcome } = await converse(levee.as('ann'), 'execute wizard flood-rule', [
      ...six,
      'yes',
    ]);
    assert.equal(asked.length, 8);
    assert.match(told, /diagnose policy flood-test "shop" connections 15\n$/);
    assert.equal(outcome.status, 0);
    assert.match(told, /^config waf layer4-connection-flood-check-rule$/m);
    const [policy] = levee.configuration.compiled.snapshot.policies;
    assert.deepEqual(policy?.endpoints, [{ address: '192.0.2.10', port: 80 }]);
    assert.equal(policy?.rule?.threshold, 10);
    assert.equal(policy?.rule?.action, 'block-period');
    assert.deepEqual(
      policy?.members.map(({ address, port }) => [address, port]),
      [['198.51.100.7', 8080]],
    );
  });

  test('takes an IPv6 address', async (context) => {
    const levee = openLevee(context);
    const answers = ['shop', '2001:db8::1', '80', '2001:db8::2', '8080', '0', 'alert', 'yes'];
    await converse(levee.as('ann'), 'execute wizard flood-rule', answers);
    assert.deepEqual(levee.configuration.compiled.snapshot.policies[0]?.endpoints, [
      { address: '2001:db8::1', port: 80 },
    ]);
  });

  test('asks again for what will not do, explains, and offers who is told', async (context) => {
    const levee = openLevee(context);
    const answers = [
      '',
      'shop',
      'nowhere',
      '192.0.2.10',
      '0',
      '80',
      '198.51.100.7',
      '8080',
      '70000',
      '?',
      '10',
      'alert_deny',
      'mail',
      'yes',
    ];
    await levee.as('ann').type('config log trigger-policy', 'edit mail', 'next', 'end');
    const { asked, told } = await converse(levee.as('ann'), 'execute wizard flood-rule', answers);
    assert.equal(asked.length, 14);
    assert.match(told, /^A browser holds about 6.* a number from 0 to 65536\.$/m);
    assert.match(told, /set trigger-policy "mail"/);
    assert.equal(levee.configuration.compiled.snapshot.policies.length, 1);
  });

  for (const given of [0, 3, 6, 7]) {
    test(`makes nothing when it is left after ${given} answers`, async (context) => {
      const levee = openLevee(context);
      const before = await levee.show();
      const { outcome } = await converse(levee.as('ann'), 'execute wizard flood-rule', [
        ...six.slice(0, given),
        null,
      ]);
      assert.equal(outcome.status, 0);
      assert.equal(await levee.show(), before);
    });
  }

  test('takes no name that something has already', async (context) => {
    const levee = openLevee(context);
    await levee
      .as('ann')
      .type('config system vip', 'edit "shop address"', 'set vip 203.0.113.1/32', 'next', 'end');
    const { asked } = await converse(levee.as('ann'), 'execute wizard flood-rule', ['shop', null]);
    assert.equal(asked.length, 2);
    assert.match(asked[1] ?? '', /a name that nothing has yet/);
  });

  test('has nobody to ask in a batch', async (context) => {
    const { problems } = await openLevee(context)
      .as('ann')
      .import('execute wizard flood-rule', { operations: true });
    assert.deepEqual(
      problems.map(({ error }) => error),
      ['operation-failed'],
    );
  });
});

suite('purge', () => {
  const rules = ['config waf layer4-connection-flood-check-rule', 'edit a', 'next', 'edit b', 'next'];

  test('asks at a prompt, and removes on yes alone', async (context) => {
    const levee = openLevee(context);
    const ann = levee.as('ann');
    await ann.type(...rules);
    for (const answer of ['no', null]) {
      const { asked } = await converse(ann, 'purge', [answer]);
      assert.deepEqual(asked, ['Remove all 2 entries of waf layer4-connection-flood-check-rule?']);
      assert.match(await levee.show(), /edit "a"/);
    }
    await converse(ann, 'purge', ['yes']);
    assert.doesNotMatch(await levee.show(), /edit "a"/);
  });

  test('has nothing to ask in an empty table', async (context) => {
    const ann = openLevee(context).as('ann');
    await ann.type('config waf layer4-connection-flood-check-rule');
    const { asked } = await converse(ann, 'purge', []);
    assert.deepEqual(asked, []);
  });
});

test('execute terminal paging holds for this session alone', async (context) => {
  const levee = openLevee(context);
  const [ann, bob] = [levee.as('ann'), levee.as('bob')];
  assert.equal((await ann.type('execute terminal paging enable')).outcome.settings.more, true);
  assert.equal((await bob.session.state()).settings.more, false);
  assert.doesNotMatch(await levee.show(), /console/);
  await bob.type('config system console', 'set output more', 'end');
  assert.equal((await bob.session.state()).settings.more, true);
  assert.equal((await ann.type('execute terminal paging disable')).outcome.settings.more, false);
});

suite('what takes something from its own author', () => {
  const accounts =
    'config system accprofile\nedit all\nset admingrp rw\nset mntgrp rw\nset sysgrp rw\nnext\nend\nconfig system admin\nedit bert\nset access-profile all\nnext\nend\n';
  const warning = 'warning: your own account "bert" goes, and this session ends\n';
  const question = 'Do it all the same?';
  const hasBert = ({ configuration }: Levee): boolean =>
    configuration.view.find('system admin', null, 'bert') !== undefined;

  function withBert(context: TestContext): Promise<Levee> {
    const levee = openLevee(context);
    return levee
      .as('anna')
      .import(accounts)
      .then(() => levee);
  }

  test('is done when it is confirmed', async (context) => {
    const levee = await withBert(context);
    const bert = levee.asAdministrator('bert');
    await bert.type('config system admin');
    const refused = await converse(bert, 'delete bert', ['no']);
    assert.deepEqual(
      [refused.asked, refused.told],
      [[question], `${warning}the operation failed: not confirmed\n`],
    );
    assert.equal(hasBert(levee), true);
    const { told } = await converse(bert, 'delete bert', ['yes']);
    assert.equal(told, `${warning}Levee has ended this session: the account "bert" was deleted by bert\n`);
    assert.equal(hasBert(levee), false);
  });

  test('is said of permissions, too; the entry stays open where it is not meant', async (context) => {
    const levee = await withBert(context);
    const bert = levee.asAdministrator('bert');
    await bert.type('config system accprofile', 'edit all', 'set sysgrp r', 'unset mntgrp');
    const { told, outcome } = await converse(bert, 'end', ['no']);
    assert.match(told, /^warning: your own account loses rw on mntgrp; w on sysgrp\n/);
    assert.match(outcome.prompt, /\(all\)/);
    await bert.type('set mntgrp rw', 'set sysgrp rw');
    assert.deepEqual((await converse(bert, 'end', [])).asked, [], 'as it was');
  });

  test('is asked for at the commit of a transaction, and at a rollback', async (context) => {
    const levee = await withBert(context);
    const bert = levee.asAdministrator('bert');
    const start = 'execute config-transaction start\nconfig system admin\ndelete bert\nend';
    assert.deepEqual((await converse(bert, start, [])).asked, []);
    const refused = await converse(bert, 'execute config-transaction commit', ['no']);
    assert.deepEqual([refused.asked, refused.outcome.prompt], [[question], 'Levee [transaction 1] # ']);
    await bert.type('execute config-transaction abort');
    const back = await converse(bert, 'execute revision rollback 0', ['no']);
    assert.equal(back.told, `${warning}the operation failed: not confirmed\n`);
    assert.equal(levee.configuration.view.revision, 1);
    const meant = await converse(bert, 'execute revision rollback 0', ['yes']);
    const over = 'Levee has ended this session: the account "bert" was deleted by bert\n';
    assert.equal(
      meant.told,
      `${warning}revision 2 brings revision 0 back\n${over}`,
      'not that it is forbidden',
    );
    assert.equal(hasBert(levee), false);
  });

  test('is said of the door through which they came, and of the place where they are', async (context) => {
    const levee = await withBert(context);
    const door =
      'config system access-door\nedit near\nset status enable\nset port 2201\nnext\nedit far\nset status enable\nset address 0.0.0.0\nnext\nend\n';
    assert.equal(printed(await levee.as('anna').import(door)), '');
    const far = levee.configuration.view.find('system access-door', null, 'far') ?? null;
    const from: Whence = { door: 'ssh', doorRow: far, address: '192.0.2.7', key: keyOf(publicKey(1)) };
    const bert = levee.asAdministrator('bert', undefined, from);
    const told = async (lines: string, who = bert): Promise<string> => {
      const { notices, problems } = await who.import(lines, { check: true, changes: 'data' });
      assert.deepEqual(problems, []);
      return notices;
    };
    const came = 'door "far", through which you came,';
    assert.equal(
      await told('config system access-door\nedit near\nset status disable\nnext\ndelete far\nend\n'),
      `warning: ${came} shuts\n`,
    );
    assert.equal(
      await told('config system global\nset admin-ssh-port 2300\nend\n'),
      `warning: ${came} is open on 0.0.0.0:2300 then, not on 0.0.0.0:2222\n`,
    );
    assert.equal(
      await told('config system access-door\nedit far\nset trusthostv4 198.51.100.0/24\nnext\nend\n'),
      `warning: ${came} no longer takes 192.0.2.7, where you are\n`,
    );
    const again = 'config system access-door\ndelete far\nedit far\nset address 0.0.0.0\nset status enable\n';
    const nobody = 'door "far": nobody can come in before an administrator has a password or an SSH key\n';
    assert.equal(await told(`${again}next\nend\n`), nobody, 'it is made again as it was');
    assert.equal(
      await told(`${again}set trusthostv4 198.51.100.0/24\nnext\nend\n`),
      `warning: ${came} no longer takes 192.0.2.7, where you are\n${nobody}`,
    );
    const keys = (...bytes: readonly number[]): string =>
      `config system admin\nedit bert\nset sshkey ${bytes.map((byte) => `"${publicKey(byte)}"`).join(' ')}\nnext\nend\n`;
    assert.equal(printed(await levee.as('anna').import(keys(1, 2))), '');
    assert.equal(await told(keys(2)), 'warning: your own account loses the key with which you came\n');
    assert.equal(await told(keys(1)), '');
    const trust = (prefix: string): string =>
      `config system admin\nedit bert\nset trusthostv4 ${prefix}\nnext\nend\n`;
    assert.equal(
      await told(trust('198.51.100.0/24')),
      'warning: your own account is no longer trusted at 192.0.2.7, where you are\n',
    );
    assert.equal(await told(trust('192.0.2.0/24')), '');
    assert.equal(
      await told('config system access-door\nrename far to here\nedit near\nset status disable\nnext\nend\n'),
      '',
    );
    const atConsole = levee.asAdministrator('bert');
    assert.equal(
      await told(`config system access-door\npurge\nend\n${trust('198.51.100.0/24')}`, atConsole),
      '',
    );
  });

  test('is said by a batch, which has nobody to ask', async (context) => {
    const levee = await withBert(context);
    const bert = levee.asAdministrator('bert');
    const { notices } = await bert.import('config system admin\ndelete bert\nend\n', {
      check: true,
      changes: 'lines',
    });
    assert.equal(notices, warning);
    const done = await bert.import('config system admin\ndelete bert\nend\n');
    assert.match(done.notices, new RegExp(`^${warning}`));
    assert.equal(hasBert(levee), false);
    for (const [next, status] of [
      ['\n# that was all\n', 0],
      ['\nget system status\n', 1],
    ] as const) {
      const other = await withBert(context);
      const { outcome, notices } = await other
        .asAdministrator('bert')
        .import(`execute revision rollback 0${next}`, { operations: true });
      assert.deepEqual([outcome.status, notices.includes('interrupted')], [status, status === 1]);
    }
  });
});

test('a restore says what it has done, or that it has done nothing', async (context) => {
  const { session } = openLevee(context).as('ann');
  const restored = async (answer: string | null): Promise<string> => {
    let told = '';
    const { status } = await session.execute('execute restore config file merge', (part) => {
      if (part.kind === 'file-wanted') session.answer('config system global\nset hostname other\nend\n');
      if (part.kind === 'question') session.answer(answer);
      if (part.kind === 'problem') told += part.problem.message;
      if (part.kind === 'output' || part.kind === 'notice' || part.kind === 'done') told += part.text;
    });
    assert.equal(status, 0, told);
    return told;
  };
  for (const answer of ['no', null]) assert.match(await restored(answer), /\nnothing was restored\n$/);
  assert.match(await restored('yes'), /\napplied as revision \d+: 1 entry changed\n$/);
  assert.equal(await restored('yes'), 'nothing would change\n');
});
