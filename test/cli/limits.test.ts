import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { entryLimits } from '../../src/cli/session/settings/limits.ts';
import { rounds } from '../campaign.ts';
import { commandHere } from '../running/command-here.ts';
import { until } from '../running/condition.ts';
import { newState } from '../running/levee.ts';
import { collect, openLevee, printed } from './in-process.ts';

/** Characters of a value: a statement with it is not too long yet. */
const size = 500_000;
/** Of what there may be much. */
const many = rounds(20_000, 100_000);
/** More than any message of this size should ever show. */
const screen = 2000;

function comment(value: string): string {
  return `config server-policy server-pool
  edit "pool"
    set comment ${value}
  next
end
`;
}

suite('texts of any size', () => {
  for (const [name, value] of [
    ['bare', 'x'.repeat(size)],
    ['quoted', `"${'x y '.repeat(size / 4)}"`],
    ['of astral characters', '😀'.repeat(size / 4)],
    ['of many lines', `"${'line\n'.repeat(size / 5)}"`],
  ] as const) {
    test(`a value of half a megabyte, ${name}, is too long, and said so in a few lines`, async (context) => {
      const reply = await openLevee(context).as('admin').import(comment(value));
      assert.equal(reply.problems.length, 1);
      const [problem] = reply.problems;
      assert.deepEqual([problem?.error, problem?.line, problem?.column], ['too-long', 3, 17]);
      assert.ok(printed(reply).length < screen, `${printed(reply).length} characters`);
      assert.equal(reply.outcome.status, 1);
    });
  }

  test('a mistake deep in a long line is shown with what is around it', async (context) => {
    const line = `show ${'😀'.repeat(300_000)} log trigger-policy${'z'.repeat(300_000)}`;
    const reply = await openLevee(context).as('admin').import(`${line}\n`);
    assert.deepEqual(printed(reply).split('\n').slice(1, 3), [
      `    show ${'😀'.repeat(118)}...`,
      `         ${'^'.repeat(236)} a branch of the configuration: log, server-policy, system, waf`,
    ]);
    const late = await openLevee(context)
      .as('admin')
      .import(`config log trigger-policy ${'\t'.repeat(99_999)}x\n`);
    const [, text = '', mark = ''] = printed(late).split('\n');
    assert.ok(text.endsWith('\tx'), JSON.stringify(text));
    assert.equal(mark.indexOf('^'), text.indexOf('x'), 'the mark stands under the word');
    assert.equal(late.problems[0]?.column, 26 + 100_000);
  });

  test('an unknown name of half a megabyte is left out in one short line', async (context) => {
    const known = 'config log trigger-policy\nedit "a"\nnext\nend\n';
    const text = `${known}config ${'z'.repeat(size)}\nend\n`;
    const reply = await openLevee(context).as('admin').import(text, { skipUnknown: true });
    assert.equal(reply.outcome.status, 0);
    assert.ok(reply.notices.length < screen);
  });

  test('deep garbage is passed over without an end to the stack', async (context) => {
    const levee = openLevee(context);
    const nested = `${'config a\nedit b\n'.repeat(many)}${'next\nend\n'.repeat(many)}`;
    const reply = await levee
      .as('admin')
      .import(`${nested}config log trigger-policy\nedit "last"\nnext\nend\n`);
    assert.equal(reply.problems.length, 1);
    const skipped = await levee
      .as('admin')
      .import(`${nested}config log trigger-policy\nedit "last"\nnext\nend\n`, {
        skipUnknown: true,
      });
    assert.equal(skipped.outcome.status, 0);
    assert.match(await levee.show(), /edit "last"/);
  });

  test('a list takes 300,000 addresses', async (context) => {
    const count = rounds(2000, 300_000);
    assert.ok(entryLimits.each > 300_000);
    const members = Array.from(
      { length: count },
      (_, index) =>
        `edit ${300_000 - index}\nset ip 10.${index >> 16}.${(index >> 8) & 255}.${index & 255}\nnext`,
    );
    const levee = openLevee(context);
    const text = `config waf ip-list\nedit "bl"\nconfig members\n${members.join('\n')}\nend\nnext\nend\n`;
    assert.equal(printed(await levee.as('admin').import(text)), '');
    assert.equal((await levee.show('show waf ip-list')).match(/set ip/g)?.length, count);
  });

  test('of many mistakes the first hundred are told, and how many there are', async (context) => {
    const reply = await openLevee(context).as('admin').import('frob\n'.repeat(many));
    assert.deepEqual([reply.problems.length, reply.problems.at(-1)?.line], [100, 100]);
    assert.equal(reply.notices, `${many} errors, of which the first 100 are shown: nothing was applied\n`);
  });
});

suite('what the terminal is shown', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
  const controls = Array.from({ length: 160 }, (_, code) => String.fromCharCode(code))
    .filter((character) => control.test(character) && character !== '\0')
    .join('');

  for (const line of [
    `frob${controls}`,
    `config ${controls}`,
    `show log "${controls}"`,
    `config log trigger-policy\nedit "${controls}"`,
    `config waf layer4-connection-flood-check-rule\nedit "a"\nset action ${controls}\nset ${controls} x`,
    `config system global\nset hostname "x${controls}\n${controls}"`,
    `config log trigger-policy\ndelete "${controls}"\nrename "${controls}" to b`,
    `diagnose policy flood-test "${controls}" connections 5`,
    `diagnose ${controls}`,
    `"${controls}`,
  ]) {
    test(`holds no control character of ${JSON.stringify(line.replaceAll(controls, '…'))}`, async (context) => {
      const { path } = newState(context);
      for (const words of [
        ['-c', line],
        ['import', '-'],
        ['import', '-', '--skip-unknown', '--keep-going'],
      ]) {
        const result = await commandHere(['--state', path, ...words], {}, `${line}\n`, true);
        assert.notEqual(result.printed.toString(), '');
        assert.doesNotMatch(result.printed.toString(), control);
      }
    });
  }
});

test('a long text that is run at once gives others their turns, and ends when it is interrupted', async (context) => {
  const { session } = openLevee(context).as('admin');
  let told = 0;
  const running = session.execute('config\n'.repeat(1_000_000), () => {
    told += 1;
  });
  // Only where others have their turns does this come before the end.
  await until('it has begun', () => told > 0);
  session.interrupt();
  const { status } = await running;
  assert.equal(status, 1);
  assert.ok(told < 1_000_000);
});

test('who interrupts a restore hears that alone', async (context) => {
  const { session } = openLevee(context).as('ann');
  const reply = await collect((emit) =>
    session.execute('execute restore config file', (part) => {
      emit(part);
      if (part.kind !== 'file-wanted') return;
      session.answer('config system global\nset hostname other\nend\n');
      session.interrupt();
    }),
  );
  assert.deepEqual([reply.notices, printed(reply)], ['interrupted: nothing was applied\n', '']);
});
