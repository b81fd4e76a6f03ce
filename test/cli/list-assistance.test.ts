import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { printed } from './in-process.ts';
import { complaintsOf, done, open, party } from './party.ts';

suite('what may stand in a list', () => {
  const cases: readonly (readonly [typed: string, words: readonly string[]])[] = [
    ['app', ['append']],
    ['append ', ['friends', 'hosts', 'allowaccess', 'from', 'songs']],
    ['append friends ', ['everybody', 'ann', 'dora', 'emil']],
    ['append friends dora ', ['everybody', 'ann', 'emil']],
    ['append friends dora e', ['everybody', 'emil']],
    ['append allowaccess ', ['http', 'ping', 'snmp']],
    [
      'append from ',
      ['<address, a prefix such as 192.0.2.0/24 or 2001:db8::/32, or a range of addresses a-b>'],
    ],
    ['set friends ', ['everybody', 'nobody', 'ann', 'bert', 'carl', 'dora', 'emil']],
    ['set friends bert "ca', ['carl']],
    ['select allowaccess ssh h', ['http', 'https']],
    ['unselect ', ['friends', 'hosts', 'allowaccess', 'from', 'songs']],
    ['unselect friends ', ['bert', 'nobody', 'carl']],
    ['unselect friends nobody ', ['bert', 'carl']],
    ['unselect allowaccess s', ['ssh']],
    ['unselect songs ', ['"a b"', '10', '9']],
    ['unselect from ', []],
    ['clear f', ['friends', 'from']],
    ['clear friends ', []],
    ['unset al', ['allowaccess']],
  ];
  for (const [typed, words] of cases) {
    test(`${typed}?`, async (context) => {
      const typist = (await open(context)).as('admin');
      await done(typist, ...party, 'set songs "a b" 10 9');
      const lines = await typist.session.help(typed, typed.length);
      assert.deepEqual(
        lines.map(({ word }) => word),
        words,
      );
      const { candidates } = await typist.session.complete(typed, typed.length);
      const enterable = words
        .filter((word) => !word.startsWith('<'))
        .map((word) => (typed.includes('"') ? `"${word}"` : word));
      assert.deepEqual(
        candidates.map(({ text }) => text),
        enterable,
      );
    });
  }

  test('the verbs for lists are offered where a row has any', async (context) => {
    const typist = (await open(context)).as('admin');
    const offered = async (): Promise<string[]> =>
      (await typist.session.help('', 0))
        .map(({ word }) => word)
        .filter((word) => /^(append|clear|(un)?select)$/.test(word));
    await done(typist, 'config test house');
    assert.deepEqual(await offered(), ['append', 'clear', 'select', 'unselect']);
    await done(typist, 'end', 'config test party', 'edit birthday', 'config table', 'edit 1');
    assert.deepEqual(await offered(), ['append', 'clear', 'select', 'unselect']);
    await done(typist, 'abort', 'abort', 'config system vip', 'edit v');
    assert.deepEqual(await offered(), []);
    await done(typist, 'a');
  });

  test('says what the words mean, and marks those that are none', async (context) => {
    const typist = (await open(context)).as('admin');
    await done(typist, ...party);
    const help = async (typed: string): Promise<string[]> =>
      (await typist.session.help(typed, typed.length)).map(({ word, help }) => `${word}: ${help}`);
    assert.deepEqual(await help('unselect allowaccess '), ['https: Web pages, encrypted', 'ssh: A shell']);
    assert.deepEqual(await help('set allowaccess h'), [
      'http: Web pages',
      'https: Web pages, encrypted (default)',
    ]);
    const kinds = async (line: string): Promise<string> =>
      (await typist.session.highlight(line)).map(({ kind }) => kind).join(' ');
    assert.equal(await kinds('append friends dora nobdy'), 'verb field value unknown');
    assert.equal(await kinds('unselect friends bert dora'), 'verb field value unknown');
    assert.equal(await kinds('append size 5'), 'verb unknown unknown');
  });

  test('conceals names that the profile does not show', async (context) => {
    const levee = await open(context);
    const profile = 'config system accprofile\nedit w\nset wafgrp rw\nend';
    const account = 'config system admin\nedit eve\nset access-profile w\nend';
    for (const text of [profile, account]) assert.equal(printed(await levee.as('admin').import(text)), '');
    const eve = levee.asAdministrator('eve');
    await done(eve, ...party);
    assert.deepEqual(await eve.session.help('append friends ', 15), []);
    assert.deepEqual(await complaintsOf(eve, 'append friends dorra'), [['not-found', 'dorra', null]]);
    await done(eve, 'append friends dora', 'next');
  });
});

test('nothing is appended to a field that holds no list', async (context) => {
  const typist = (await open(context)).as('admin');
  await done(typist, ...party);
  const lines = await typist.session.help('append size ', 12);
  assert.deepEqual(
    lines.map(({ word }) => word),
    ['size'],
  );
  assert.deepEqual((await typist.session.complete('append size ', 12)).candidates, []);
});
