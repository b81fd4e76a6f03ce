import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { type Levee, openLevee, printed, type Typist } from './in-process.ts';

const base = `
config log trigger-policy
  edit "mail"
  next
  edit "pager"
  next
end
config waf layer4-connection-flood-check-rule
  edit "limit"
    set layer4-connection-threshold 10
    set trigger-policy "mail"
  next
  edit "other"
  next
end
config server-policy server-pool
  edit "pool"
    config pserver-list
      edit 1
        set ip 192.0.2.1
      next
    end
  next
end
`;

type Two = { readonly levee: Levee; readonly anna: Typist; readonly bert: Typist };

async function open(context: TestContext): Promise<Two> {
  const levee = openLevee(context);
  await done(levee.as('nobody'), base);
  return { levee, anna: levee.as('anna'), bert: levee.as('bert') };
}

async function done(typist: Typist, ...lines: readonly string[]): Promise<void> {
  const reply = await typist.type(...lines);
  assert.equal(printed(reply), '');
}

/** Runs lines of which the last is refused, with nothing changed; returns what is printed. */
async function refused(levee: Levee, typist: Typist, ...lines: readonly string[]): Promise<string> {
  const { revision } = levee.configuration.view;
  const before = await levee.show('show full-configuration');
  const reply = await typist.type(...lines);
  assert.equal(reply.outcome.status, 1);
  assert.equal(levee.configuration.view.revision, revision, 'a refused commit made a revision');
  assert.equal(await levee.show('show full-configuration'), before);
  return printed(reply);
}

/** Anna, whose first commit comes right after the last of these lines of Bert's. A single line commits at once. */
async function after(levee: Levee, bert: Typist, ...lines: readonly string[]): Promise<Typist> {
  const last = lines.at(-1) ?? '';
  if (lines.length > 1) await done(bert, ...lines.slice(0, -1));
  return levee.interrupted('anna', () => void bert.type(last));
}

const rules = 'config waf layer4-connection-flood-check-rule';
const triggers = 'config log trigger-policy';
const advice = '"abort", look at it and enter it again';

suite('two sessions', () => {
  test('that change the same field: the second is refused, and told who was first', async (context) => {
    const { levee, anna, bert } = await open(context);
    await done(anna, rules, 'edit "limit"', 'set layer4-connection-threshold 20', 'set severity High');
    await done(bert, rules, 'edit "limit"', 'set layer4-connection-threshold 30', 'next', 'end');
    assert.equal(
      await refused(levee, anna, 'next'),
      `'layer4-connection-threshold' was changed by someone else
    next
    ^^^^ waf layer4-connection-flood-check-rule "limit", layer4-connection-threshold: bert changed it since you opened it; ${advice}
Command fail. Return code -45`,
    );
    const { outcome } = await anna.type('show');
    assert.equal(outcome.prompt, 'Levee (limit) # ', 'the row is still open');
    await done(anna, 'abort', rules, 'edit "limit"', 'set layer4-connection-threshold 20', 'next', 'end');
    assert.match(await levee.show(), /set layer4-connection-threshold 20\n/);
  });

  test('that change different fields of one row: both are kept', async (context) => {
    const { levee, anna, bert } = await open(context);
    await done(anna, rules, 'edit "limit"', 'set layer4-connection-threshold 20', 'unset trigger-policy');
    await done(bert, rules, 'edit "limit"', 'set severity High', 'set action alert_deny', 'next', 'end');
    await done(anna, 'next', 'end');
    assert.equal(
      await levee.show('show waf layer4-connection-flood-check-rule limit'),
      `${rules}
  edit "limit"
    set layer4-connection-threshold 20
    set action alert_deny
    set severity High
  next
end
`,
    );
  });

  test('that change different fields of a singleton nobody has touched before: both are kept', async (context) => {
    const { levee, anna, bert } = await open(context);
    await done(anna, 'config system enforcer', 'set workers 2');
    await done(bert, 'config system enforcer', 'set sources-table-size 2048', 'end');
    await done(anna, 'end');
    assert.match(await levee.show(), /system enforcer\n {2}set workers 2\n {2}set sources-table-size 2048\n/);
  });

  test('that change the same field of such a singleton: the second is refused', async (context) => {
    const { levee, anna, bert } = await open(context);
    await done(anna, 'config system enforcer', 'set workers 2');
    await done(bert, 'config system enforcer', 'set workers 3', 'end');
    assert.match(await refused(levee, anna, 'end'), /system enforcer, workers: bert changed it/);
  });

  test('the first of which renames the row that the other changes: both are kept', async (context) => {
    const { levee, anna, bert } = await open(context);
    await done(anna, rules, 'edit "limit"', 'set layer4-connection-threshold 20');
    await done(bert, rules, 'rename "limit" to "ceiling"', 'end');
    await done(anna, 'next', 'end');
    const shown = await levee.show();
    assert.match(shown, /edit "ceiling"\n {4}set layer4-connection-threshold 20\n/);
    assert.doesNotMatch(shown, /"limit"/);
  });

  test('the first of which also renames the row in which the other changes the same: it is named as it is called now', async (context) => {
    const { levee, anna, bert } = await open(context);
    await done(anna, rules, 'edit "limit"', 'set layer4-connection-threshold 20');
    await done(bert, rules, 'rename "limit" to "ceiling"', 'edit "ceiling"');
    await done(bert, 'set layer4-connection-threshold 30', 'end');
    assert.match(
      await refused(levee, anna, 'next'),
      /rule "ceiling" \("limit" when you opened it\), layer4-connection-threshold: bert changed it since/,
    );
  });

  test('that rename one row in two transactions: the second is refused', async (context) => {
    const { levee, bert } = await open(context);
    const anna = await after(levee, bert, rules, 'rename "limit" to "by bert"');
    const reply = await anna.import(`${rules}\nrename "limit" to "by anna"\nend\n`);
    assert.match(printed(reply), /rule "by bert": bert renamed it since you opened it/);
    assert.match(await levee.show(), /edit "by bert"/);
  });

  test('the first of which deletes the row that the other changes: the second is refused', async (context) => {
    const { levee, anna, bert } = await open(context);
    const edited = ['edit "other"', 'set layer4-connection-threshold 10', 'next', 'edit "other"'];
    await done(anna, rules, ...edited, 'set layer4-connection-threshold 20');
    await done(bert, rules, 'delete "other"', 'end');
    const told = await refused(levee, anna, 'next');
    assert.match(told, /rule "other": bert deleted it since you opened it/);
    assert.equal(told.match(/Command fail/g)?.length, 1, 'its fields went with it');
    await done(anna, 'abort', rules, 'edit "other"', 'set layer4-connection-threshold 20', 'next', 'end');
  });

  test('that both make a row of one name: the second is refused', async (context) => {
    const { levee, anna, bert } = await open(context);
    await done(anna, rules, 'edit "new"', 'set layer4-connection-threshold 1');
    await done(bert, rules, 'edit "new"', 'set layer4-connection-threshold 2', 'next', 'end');
    assert.match(await refused(levee, anna, 'next'), /rule "new": bert created it since you opened it/);
  });

  test('that both take the next free number of a sub-table: the second is refused', async (context) => {
    const { levee, anna, bert } = await open(context);
    const member = ['config server-policy server-pool', 'edit "pool"', 'config pserver-list', 'edit 0'];
    await done(anna, ...member, 'set ip 192.0.2.7', 'next', 'end');
    await done(bert, ...member, 'set ip 192.0.2.8', 'next', 'end', 'next', 'end');
    assert.match(await refused(levee, anna, 'next'), /pserver-list "2": bert created it since you opened it/);
  });

  test('that add different rows to one sub-table: both are kept', async (context) => {
    const { levee, anna, bert } = await open(context);
    const members = ['config server-policy server-pool', 'edit "pool"', 'config pserver-list'];
    await done(anna, ...members, 'edit 3', 'set ip 192.0.2.3', 'next', 'end');
    await done(bert, ...members, 'edit 2', 'set ip 192.0.2.2', 'next', 'delete 1', 'end', 'next', 'end');
    await done(anna, 'next', 'end');
    const shown = await levee.show('show server-policy server-pool');
    assert.deepEqual(shown.match(/edit \d|ip \S+/g), ['edit 2', 'ip 192.0.2.2', 'edit 3', 'ip 192.0.2.3']);
  });

  test('the first of which deletes what the other refers to: the second is refused', async (context) => {
    const { levee, anna, bert } = await open(context);
    await done(anna, rules, 'edit "other"', 'set trigger-policy "pager"', 'set severity Low');
    await done(bert, triggers, 'delete "pager"', 'end');
    assert.match(
      await refused(levee, anna, 'next'),
      /rule "other", trigger-policy: bert deleted it since you opened it/,
    );
  });

  test('the first of which renames what the other refers to: the reference follows', async (context) => {
    const { levee, anna, bert } = await open(context);
    await done(anna, rules, 'edit "other"', 'set trigger-policy "pager"');
    await done(bert, triggers, 'rename "pager" to "beeper"', 'end');
    await done(anna, 'next', 'end');
    assert.match(await levee.show(), /edit "other"\n {4}set trigger-policy "beeper"/);
  });

  test('the first of which begins to use what the other deletes: the second is refused', async (context) => {
    const { levee, bert } = await open(context);
    await done(bert, rules, 'edit "other"', 'set trigger-policy "pager"');
    const anna = await after(levee, bert, 'next');
    const reply = await anna.import(`${triggers}\ndelete "pager"\nedit "fax"\nnext\nend\n`);
    assert.match(printed(reply), /trigger-policy "pager": bert made use of it since you opened it/);
    assert.equal(reply.outcome.status, 1);
    assert.doesNotMatch(await levee.show(), /"fax"/, 'nothing of the import is applied');
  });

  test('that delete one row: the second has nothing to do, and makes no revision', async (context) => {
    const { levee, bert } = await open(context);
    const { revision } = levee.configuration.view;
    const anna = await after(levee, bert, triggers, 'delete "pager"');
    assert.equal((await anna.import(`${triggers}\ndelete "pager"\nend\n`)).outcome.status, 0);
    assert.equal(levee.configuration.view.revision, revision + 1);
  });

  test('one of which moves rows while the other adds one: what is added stands in the order of the commits', async (context) => {
    const { levee, bert } = await open(context);
    await done(bert, triggers, 'edit "fax"');
    const anna = await after(levee, bert, 'next');
    const text = `${triggers}\nmove "pager" before "mail"\nedit "horn"\nnext\nend\n`;
    assert.equal((await anna.import(text)).outcome.status, 0);
    const shown = await levee.show('show log trigger-policy');
    assert.deepEqual(shown.match(/"\w+"/g), ['"pager"', '"mail"', '"fax"', '"horn"']);
  });

  test('that move different rows: both stand where they were put', async (context) => {
    const { levee, bert } = await open(context);
    await done(bert, triggers, 'edit "fax"', 'next', 'edit "horn"', 'next');
    const anna = await after(levee, bert, 'move "horn" before "mail"');
    assert.equal((await anna.import(`${triggers}\nmove "fax" before "pager"\nend\n`)).outcome.status, 0);
    const shown = await levee.show('show log trigger-policy');
    assert.deepEqual(shown.match(/"\w+"/g), ['"horn"', '"mail"', '"fax"', '"pager"']);
    const again = await after(levee, bert, 'move "horn" after "pager"');
    const { problems } = await again.import(`${triggers}\nmove "horn" after "fax"\nend\n`);
    assert.match(problems[0]?.expected ?? '', /"horn": bert moved it/);
  });

  test('the first of which puts something into a row that the other deletes: the second is refused', async (context) => {
    const { levee, bert } = await open(context);
    await done(bert, 'config server-policy server-pool', 'edit "pool"', 'config pserver-list', 'edit 5');
    await done(bert, 'set ip 192.0.2.5', 'next', 'end');
    const anna = await after(levee, bert, 'next');
    const { problems } = await anna.import('config server-policy server-pool\ndelete "pool"\nend\n');
    assert.match(problems[0]?.expected ?? '', /server-pool "pool": bert changed it/);
  });

  test('of which one stands in a row that the other deletes: it can say anything, and crashes nothing', async (context) => {
    const { levee, anna, bert } = await open(context);
    await done(anna, 'config server-policy server-pool', 'edit "pool"', 'config pserver-list', 'edit 1');
    await done(bert, 'config server-policy server-pool', 'delete "pool"', 'end');
    await anna.type('show', 'get', 'set port 81', 'unset port', 'next', 'edit 1', 'set ip 192.0.2.9', 'next');
    await anna.type(
      'edit 2',
      'set ip 192.0.2.3',
      'next',
      'move 2 before 1',
      'clone 2 to 3',
      'delete 3',
      'end',
    );
    assert.match(await refused(levee, anna, 'next'), /server-pool pool|server-pool "pool": bert deleted it/);
    await done(anna, 'abort', 'show');
  });
});
