import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Levee, openLevee, printed, type Reply, type Typist } from './in-process.ts';

const triggers = 'config log trigger-policy';
const start = 'execute config-transaction start';
const commit = 'execute config-transaction commit';

async function done(typist: Typist, ...lines: readonly string[]): Promise<Reply> {
  const reply = await typist.type(...lines);
  assert.equal(printed(reply), '', lines.join(', '));
  return reply;
}

async function names(levee: Levee): Promise<string[]> {
  return (
    (await levee.show('show log trigger-policy')).match(/"\w+"/g)?.map((name) => name.slice(1, -1)) ?? []
  );
}

suite('a transaction', () => {
  test('goes live as a whole, as one revision, when it is committed', async (context) => {
    const levee = openLevee(context);
    const anna = levee.as('anna');
    const { outcome } = await done(anna, start, triggers, 'edit a', 'next', 'edit b', 'next', 'end');
    assert.equal(outcome.prompt, 'Levee [transaction 1] # ');
    assert.deepEqual(await names(levee), []);
    const { output } = await done(anna, 'show log trigger-policy', 'show | compare');
    assert.match(output, /edit "a"[\s\S]*\+ {2}edit "b"/);
    assert.equal(
      (await done(anna, 'execute config-transaction diff | commands')).output,
      `${triggers}\n  edit "a"\n  next\n  edit "b"\n  next\nend\n`,
    );
    const backup: string[] = [];
    await anna.session.execute('execute backup config kept.conf', (part) => {
      if (part.kind === 'file') backup.push(part.text);
    });
    assert.doesNotMatch(backup.join(''), /trigger-policy/, 'a backup is of what is committed');
    await anna.import(`${triggers}\nedit c\nnext\nend\n`);
    assert.deepEqual(await names(levee), [], 'a pasted block adds to it, too');
    const committed = await done(anna, `${commit} comment "all three"`);
    assert.equal(committed.output, 'revision 1 is transaction 1\n');
    assert.equal(committed.outcome.prompt, 'Levee # ');
    assert.deepEqual(await names(levee), ['a', 'b', 'c']);
    assert.equal(levee.configuration.history.get(1)?.comment, 'all three');
  });

  test('is dropped by abort, and lives on where its session ends', async (context) => {
    const levee = openLevee(context);
    const anna = levee.as('anna');
    await done(anna, start, triggers, 'edit a', 'next', 'end');
    const { notices } = await done(anna, 'execute config-transaction abort');
    assert.equal(notices, 'transaction 1 is dropped, with 1 entry\n');
    await done(anna, start, triggers, 'edit b', 'next', 'end');
    anna.session.close();
    const again = levee.as('anna');
    const { output } = await done(again, 'execute config-transaction status');
    assert.match(output, /2 +anna +test .* 1 +can be resumed/);
    await done(again, 'execute config-transaction resume 2', triggers, 'edit c', 'next', 'end', commit);
    assert.deepEqual(await names(levee), ['b', 'c']);
    await done(again, start, triggers, 'edit d', 'next', 'end');
    const elsewhere = levee.as('anna');
    for (const end of [`${commit} 3`, 'execute config-transaction abort 3'])
      assert.match(printed(await elsewhere.type(end)), /a session of anna works in it/);
    await done(again, commit);
    assert.deepEqual(await names(levee), ['b', 'c', 'd']);
    assert.match((await done(again, 'execute config-transaction status')).output, /no transaction is open/);
  });

  test('of which somebody else has changed a field or an entry meanwhile is refused, and stays open', async (context) => {
    const levee = openLevee(context);
    const anna = levee.as('anna');
    const bert = levee.as('bert');
    await done(bert, triggers, 'edit a', 'next', 'end', 'config system global', 'set hostname one', 'end');
    await done(anna, start, 'config system global', 'set hostname two', 'end', triggers, 'delete a', 'end');
    await done(
      bert,
      'config system global',
      'set hostname three',
      'end',
      'config waf layer4-connection-flood-check-rule',
      'edit r',
      'set trigger-policy a',
      'next',
      'end',
    );
    const refused = await anna.type(commit);
    assert.match(printed(refused), /system global, hostname: bert changed it/);
    assert.match(printed(refused), /trigger-policy "a": bert made use of it/);
    assert.equal(refused.outcome.prompt, 'three [transaction 1] # '.replace('three', 'two'));
    assert.match(printed(await anna.type('execute config-transaction check')), /bert changed it/);
    assert.equal(levee.configuration.view.revision, 4);
  });

  test('that is exclusive lets nobody else commit, and names whose it is', async (context) => {
    const levee = openLevee(context);
    const [anna, bert] = [levee.as('anna'), levee.as('bert')];
    await done(anna, `${start} exclusive`, triggers, 'edit a', 'next', 'end');
    const refused = await bert.type(triggers, 'edit b', 'next');
    assert.match(printed(refused), /only 'a session of anna' can change the configuration now/);
    await done(bert, 'abort');
    assert.match(
      printed(await bert.type(`${start} exclusive`)),
      /transaction 1, which is exclusive, is open in a session of anna, from /,
    );
    await done(anna, commit);
    await done(bert, triggers, 'edit b', 'next', 'end');
    assert.deepEqual(await names(levee), ['a', 'b']);
  });

  test('in which nothing was changed makes no revision, and says so', async (context) => {
    const levee = openLevee(context);
    const anna = levee.as('anna');
    const told = 'nothing has changed: there is no new revision\n';
    await done(anna, start);
    assert.equal((await done(anna, commit)).notices, told);
    await done(anna, start, 'config system global', 'set hostname Levee', 'end');
    assert.equal((await done(anna, commit)).notices, told);
    assert.match((await done(anna, 'execute config-transaction status')).output, /no transaction is open/);
    assert.equal(levee.configuration.view.revision, 0);
  });

  test('takes no rollback, and no second one', async (context) => {
    const anna = openLevee(context).as('anna');
    await done(anna, triggers, 'edit a', 'next', 'end', start);
    assert.match(printed(await anna.type('execute revision rollback 0')), /transaction 1 is open/);
    assert.match(printed(await anna.type(start)), /transaction 1 is open/);
    assert.match(printed(await anna.type(`${commit} confirmed 0`)), /an integer from 1 to 1440/);
    assert.match(printed(await anna.type(`${commit} 7`)), /one of 1/);
  });
});

suite('a confirmed commit', () => {
  test('waits, and nobody else commits; its author keeps it', async (context) => {
    const levee = openLevee(context);
    const [anna, bert] = [levee.as('anna'), levee.as('bert')];
    await done(anna, start, triggers, 'edit a', 'next', 'end');
    const { outcome } = await done(anna, `${commit} confirmed 5`);
    assert.equal(outcome.prompt, 'Levee [revision 1 unconfirmed] # ');
    assert.equal((await bert.type('get')).outcome.prompt, 'Levee [revision 1 unconfirmed] # ');
    for (const typist of [anna, bert]) {
      const refused = await typist.type(triggers, 'edit b', 'next');
      assert.match(
        printed(refused),
        /^revision 1 waits for its confirmation\n[\s\S]*"execute config-transaction confirm" of "anna" before it; else it is taken back within 5 minutes/,
      );
      await done(typist, 'abort');
    }
    assert.match(printed(await bert.type('execute revision rollback 0')), /of "anna" before it/);
    await done(levee.as('anna'), 'execute config-transaction confirm');
    await done(bert, triggers, 'edit b', 'next', 'end');
    assert.deepEqual(await names(levee), ['a', 'b']);
    assert.match(printed(await anna.type('execute config-transaction confirm')), /nothing waits/);
  });
});
