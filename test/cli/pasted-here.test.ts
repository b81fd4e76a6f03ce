import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { strictBatch } from '../../src/cli/session/session.ts';
import { collect, openLevee, type Typist } from './in-process.ts';

/** Pastes lines where the session stands. */
function paste({ session }: Typist, ...lines: readonly string[]) {
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  const options = { ...strictBatch, operations: true, here: true };
  return collect((emit) => session.batch([{ name: 'pasted', bytes }], options, emit));
}

suite('several lines that are pasted within an open table or row', () => {
  test('set fields of the row that is open, which stays open', async (context) => {
    const typist = openLevee(context).as('ann');
    await typist.type('config waf layer4-connection-flood-check-rule', 'edit "one"', 'set severity High');
    const { outcome, problems } = await paste(typist, '  set action alert_deny', '', 'set layer4-c 7');
    assert.deepEqual([outcome.status, outcome.prompt, problems], [0, 'Levee (one) # ', []]);
    const { output } = await typist.type('show', 'next', 'end');
    assert.match(output, /set layer4-connection-threshold 7\n.*set action alert_deny\n.*set severity High\n/);
  });

  test('commit once what is closed, and go on with what is open, which may refer to it', async (context) => {
    const levee = openLevee(context);
    const typist = levee.as('ann');
    await typist.type('config log trigger-policy', 'edit "first"');
    const before = levee.configuration.view.revision;
    const { outcome, problems, output } = await paste(
      typist,
      'next',
      'edit "second"',
      'next',
      'show | count',
      'end',
      'config waf layer4-connection-flood-check-rule',
      'edit "rule"',
      'set trigger-policy "second"',
    );
    assert.deepEqual([outcome.status, outcome.prompt, problems], [0, 'Levee (rule) # ', []]);
    assert.equal(output, '6\n', 'it shows what it shows once');
    assert.equal(levee.configuration.view.revision, before + 1);
    assert.equal((await typist.type('next', 'end')).outcome.status, 0);
    const shown = await typist.type('show waf layer4-connection-flood-check-rule', 'show log trigger-policy');
    assert.match(shown.output, /edit "rule"\n {4}set trigger-policy "second"/);
    assert.match(shown.output, /edit "first"\n {2}next\n {2}edit "second"\n/);
  });

  test('change nothing where one of them is wrong, and the session stands where it stood', async (context) => {
    const levee = openLevee(context);
    const typist = levee.as('ann');
    await typist.type('config waf layer4-connection-flood-check-rule', 'edit "one"', 'set severity High');
    const before = levee.configuration.view.revision;
    const { outcome, problems } = await paste(
      typist,
      'set action alert_deny',
      'next',
      'edit "two"',
      'sett x 1',
      'end',
    );
    assert.deepEqual([outcome.status, outcome.prompt], [1, 'Levee (one) # ']);
    assert.deepEqual(
      problems.map(({ error, line }) => [error, line]),
      [['unknown-action', 4]],
    );
    assert.equal(levee.configuration.view.revision, before);
    const { output } = await typist.type('show');
    assert.doesNotMatch(output, /alert_deny/);
    assert.match(output, /severity High/);
  });

  test('work in a sub-table, and leave for the root', async (context) => {
    const levee = openLevee(context);
    const typist = levee.as('ann');
    await typist.type('config server-policy server-pool', 'edit "pool"', 'config pserver-list');
    const { outcome, problems } = await paste(
      typist,
      'edit 1',
      'set ip 192.0.2.1',
      'next',
      'edit 2',
      'set ip 192.0.2.2',
      'end',
    );
    assert.deepEqual([outcome.status, outcome.prompt, problems], [0, 'Levee (pool) # ', []]);
    const left = await paste(
      typist,
      'set health HLTHCK_ICMP',
      'end',
      'show server-policy server-pool | grep -c ip',
    );
    assert.deepEqual([left.outcome.status, left.outcome.prompt, left.problems], [0, 'Levee # ', []]);
    assert.equal(left.output, '2\n');
  });

  test('leave what they abort', async (context) => {
    const levee = openLevee(context);
    const typist = levee.as('ann');
    await typist.type('config log trigger-policy', 'edit "gone"');
    const { outcome, problems } = await paste(
      typist,
      'abort',
      'config log trigger-policy',
      'edit "kept"',
      'next',
    );
    assert.deepEqual([outcome.status, outcome.prompt, problems], [0, 'Levee (trigger-policy) # ', []]);
    assert.equal((await typist.type('end', 'show log trigger-policy | grep -c edit')).output, '1\n');
  });
});
