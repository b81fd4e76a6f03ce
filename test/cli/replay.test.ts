import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import type { Answer } from '../../src/cli/session/session.ts';
import { decodePlan } from '../../src/replay/plan.ts';
import type { ReplayOrder } from '../../src/system/replay-order.ts';
import { policyText } from '../running/levee.ts';
import { collect, type Levee, openLevee, printed, type Reply, type Typist } from './in-process.ts';

async function guarded(context: TestContext): Promise<Levee> {
  const levee = openLevee(context);
  assert.equal(printed(await levee.as('ann').import(policyText(80, 81, 3))), '');
  return levee;
}

/** A client that answers an order so; null: it interrupts. `files` by name. */
async function ordered(
  { session }: Typist,
  command: string,
  answer: Answer,
  files: Readonly<Record<string, string>> = {},
): Promise<Reply & { readonly orders: readonly ReplayOrder[] }> {
  const orders: ReplayOrder[] = [];
  const reply = await collect((emit) =>
    session.execute(command, (part) => {
      if (part.kind === 'file-wanted') session.answer(files[part.name] ?? { reason: 'no such file' });
      else if (part.kind === 'replay-wanted') {
        orders.push(part.order);
        if (answer === null) session.interrupt();
        else session.answer(answer);
      } else emit(part);
    }),
  );
  return { ...reply, orders };
}

const report = JSON.stringify({ lines: ['one', 'two'], data: { lines: 2 } });

suite('execute replay', () => {
  test('has the client replay, and shows what it gives, through pipes', async (context) => {
    const ann = (await guarded(context)).as('ann');
    const command = 'exec replay "a file" policy web port 80 advise innermost plot p.svg';
    const { output, orders } = await ordered(ann, command, report);
    assert.equal(output, 'one\ntwo\n');
    const [{ plan, ...order } = { plan: '' }, ...others] = orders;
    assert.deepEqual(others, []);
    assert.deepEqual(order, {
      capture: 'a file',
      candidate: null,
      candidateFile: null,
      policy: 'web',
      port: 80,
      advise: true,
      wanted: 'innermost',
      plot: 'p.svg',
    });
    assert.deepEqual(
      decodePlan(plan).policies.map(({ name, rule }) => [name, rule?.threshold]),
      [['web', 3]],
    );
    assert.equal((await ordered(ann, 'execute replay a | grep w', report)).output, 'two\n');
    assert.deepEqual(JSON.parse((await ordered(ann, 'execute replay a | json', report)).output), {
      lines: 2,
    });
  });

  test('imports a candidate into nothing', async (context) => {
    const levee = await guarded(context);
    const before = await levee.show();
    const rule = (threshold: number): string =>
      `config waf layer4-connection-flood-check-rule\nedit "web limit"\nset layer4-connection-threshold ${threshold}\nnext\nend\n`;
    const files = { good: rule(1), bad: rule(70_000), same: 'config system console\nend\n' };
    const command = (name: string): string => `execute replay a candidate ${name}`;
    const ann = levee.as('ann');
    const { orders } = await ordered(ann, command('good'), report, files);
    assert.deepEqual(
      decodePlan(orders[0]?.candidate ?? '').policies.map(({ rule: its }) => its?.threshold),
      [1],
    );
    const [same] = (await ordered(ann, command('same'), report, files)).orders;
    assert.equal(same?.candidate, same?.plan);
    const bad = await ordered(ann, command('bad'), report, files);
    assert.deepEqual([bad.orders, bad.outcome.status, bad.output], [[], 1, '']);
    assert.match(printed(bad), /^bad:3:33: value parse error before '70000'/);
    assert.equal(await levee.show(), before);
    const revisions = levee.configuration.view.revision;
    assert.equal(revisions, 1);
  });

  test('says why there is no report', async (context) => {
    const ann = (await guarded(context)).as('ann');
    for (const [answer, said] of [
      [null, /it was interrupted/],
      [{ reason: 'no such file' }, /can't replay 'a'\n[\s\S]*no such file/],
      ['nonsense', /a client of this version/],
      ['{"lines": 3, "data": 4}', /a client of this version/],
    ] as const) {
      const reply = await ordered(ann, 'execute replay a', answer);
      assert.equal(reply.outcome.status, 1);
      assert.match(printed(reply), said);
    }
    for (const [command, said] of [
      ['execute replay', /the file that holds the capture/],
      ['execute replay a frob', /candidate, policy, port, advise, innermost, plot/],
      ['execute replay a p web', /one of policy, port, plot/],
      ['execute replay a policy', /what it is to be/],
      ['execute replay a policy wob', /did you mean "web"/],
      ['execute replay a port 80', /a policy before it/],
      ['execute replay a candidate none', /can't read 'none'/],
    ] as const) {
      const reply = await ordered(ann, command, report);
      assert.deepEqual(reply.orders, [], command);
      assert.match(printed(reply), said);
    }
  });

  test('shows nobody what they may not see', async (context) => {
    const levee = await guarded(context);
    const blind =
      'config system accprofile\nedit tracer\nset traroutegrp rw\nset wafgrp none\nnext\nend\n' +
      'config system admin\nedit tom\nset access-profile tracer\nset password "Abc123!!xyz"\nnext\nend\n';
    assert.equal(printed(await levee.as('ann').import(blind)), '');
    const reply = await ordered(levee.asAdministrator('tom'), 'execute replay a', report);
    assert.deepEqual(reply.orders, []);
    assert.match(printed(reply), /permission denied/);
  });

  test('suggests what may follow', async (context) => {
    const { session } = (await guarded(context)).as('ann');
    const words = async (text: string): Promise<readonly string[]> =>
      (await session.help(text, text.length)).map(({ word }) => word);
    assert.deepEqual(await words('execute replay '), ['<capture>']);
    assert.deepEqual(await words('execute replay policy '), [
      'candidate',
      'policy',
      'port',
      'advise',
      'innermost',
      'plot',
    ]);
    assert.ok((await words('execute replay a policy ')).includes('web'));
    assert.ok(!(await words('execute replay a advise ')).includes('advise'));
  });
});
