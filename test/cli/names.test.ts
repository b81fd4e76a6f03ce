import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draft } from '../../src/store/draft.ts';
import { quote } from '../../src/text/quote.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { catalogue, Levee, openLevee, printed } from './in-process.ts';

const table = 'waf layer4-connection-flood-check-rule';

const names = [
  'A "quoted" name?',
  '"',
  "'",
  '\\',
  '\\"',
  'ends in a backslash\\',
  '#',
  '# no comment',
  'what?',
  '?',
  '|',
  'a | grep b',
  ' spaces at both ends ',
  '  ',
  'Zürich 漢字 😀',
  'e\u0301 combined',
  'next',
  'end',
  'to',
  '0',
  'full-configuration',
  '$var %s {} [] ; & ! ` ~',
  'x'.repeat(63),
  '😀'.repeat(63),
  '"'.repeat(63),
  '\\'.repeat(63),
];

/** Bare, each character that means something escaped. */
function escaped(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '\\$&');
}
function inApostrophes(name: string): string | null {
  return name.includes("'") ? null : `'${name}'`;
}

const spellings = [quote, escaped, inApostrophes];

test('a name is the same however it is written, at the prompt and by import, and show gives it back', async (context) => {
  for (const spell of spellings) {
    const levee = openLevee(context);
    const admin = levee.as('admin');
    const written = names.flatMap((name) => {
      const word = spell(name);
      return word === null ? [] : [{ name, word }];
    });
    for (const { word } of written) {
      const reply = await admin.type(`config ${table}`, `edit ${word}`, 'set severity High', 'end');
      assert.equal(printed(reply), '', word);
    }
    const { view } = levee.configuration;
    const other = openLevee(context);
    const keys = view.rows(table, null).map(({ key }) => key);
    assert.deepEqual(
      keys,
      written.map(({ name }) => name),
    );
    for (const { word, name } of written) {
      const shown = await admin.type(`show ${table} ${word}`);
      assert.equal(printed(shown), '', word);
      const [again] = JSON.parse((await admin.type(`show ${table} ${word} | json`)).output)[table];
      assert.equal(again.name, name);
      const alone = `config ${table}\npurge\nend\n${shown.output}`;
      assert.equal(printed(await other.as('admin').import(alone)), '');
      assert.equal((await other.as('admin').type(`show ${table}`)).output, shown.output);
    }
    const imported = openLevee(context);
    const whole = await levee.show();
    assert.equal(printed(await imported.as('admin').import(whole)), '');
    assert.equal(await imported.show(), whole);
    assert.deepEqual(
      imported.configuration.view.rows(table, null).map(({ key }) => key),
      keys,
    );
  }
});

test('what completion offers for a name is the name', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .string({ unit: fc.oneof(fc.constantFrom(...'"\'\\#?| ab漢😀'), fc.string({ maxLength: 1 })) })
        .filter((name) => name !== '' && [...name].length <= 63 && !/\p{C}/u.test(name)),
      async (name) => {
        const levee = new Levee();
        try {
          const admin = levee.as('admin');
          assert.equal(printed(await admin.type(`config ${table}`, `edit ${quote(name)}`, 'end')), '');
          const line = `show ${table} `;
          const { start, candidates } = await admin.session.complete(line, line.length);
          const word = candidates.find(({ text }) => text !== 'full-configuration')?.text ?? '';
          const shown = await admin.type(`${line.slice(0, start)}${word} | json`);
          assert.equal(printed(shown), '', word);
          assert.equal(JSON.parse(shown.output)[table][0].name, name);
        } finally {
          levee.close();
        }
      },
    ),
    { numRuns: rounds(12, 100) },
  );
});

test('a name that holds what cannot be seen is refused, wherever a name is given', async (context) => {
  const levee = openLevee(context);
  const admin = levee.as('admin');
  const unseen = [
    '\n',
    '\t',
    '\r',
    '\x1b[2J',
    '\u009b',
    '\u200b',
    '\u200d',
    '\u00ad',
    '\u2060',
    '\ufeff',
    '\u3164',
    '\u00a0',
    '\u3000',
    '\u2800',
    '\ufffc',
    '\ue000',
    '\ufffe',
  ];
  const turning = ['\u202e', '\u2066', '\u200f', '\u061c', '\u2028'];
  await admin.type(`config ${table}`, 'edit web', 'next');
  for (const character of [...unseen, ...turning]) {
    const name = quote(`we${character}b`);
    for (const line of [`edit ${name}`, `rename web to ${name}`, `clone web to ${name}`]) {
      const { problems } = await admin.type(line);
      assert.deepEqual(
        problems.map(({ error }) => error),
        ['invalid-value'],
        JSON.stringify(line),
      );
      assert.match(
        problems[0]?.expected ?? '',
        /^a name of 1 to 63 characters(?:: U\+[0-9A-F]{4} can't be seen)?$/,
      );
    }
  }
  for (const name of ['❤️', 'ไทย', 'नमस्ते', '한국어'])
    assert.equal(printed(await admin.type(`edit ${name}`, 'next')), '');
});

test('an entry whose name an earlier Levee took can be used, changed, renamed and deleted', async (context) => {
  const levee = openLevee(context);
  const names = ['two\nlines', 'a\u200bb', '\u202eabc'];
  const draft = new Draft(levee.configuration.view);
  for (const name of names) draft.create(table, null, name);
  levee.store.commit(draft, { name: 'earlier', origin: 'test' }, 0);
  levee.store.checkFit(catalogue, 'this Levee');
  const admin = levee.as('admin');
  assert.equal(printed(await admin.import(await levee.show())), '');
  const user = 'config waf application-layer-dos-prevention\nedit user';
  for (const [index, name] of names.entries()) {
    const word = quote(name);
    assert.equal(
      printed(await admin.type(`config ${table}`, `edit ${word}`, 'set severity High', 'end')),
      '',
    );
    assert.match((await admin.type(`get ${table} ${word}`)).output, /severity +: High/);
    assert.equal(
      printed(await admin.type(user, `set layer4-connection-flood-check-rule ${word}`, 'end')),
      '',
    );
    assert.equal(printed(await admin.type(`config ${table}`, `rename ${word} to seen${index}`, 'end')), '');
  }
  assert.match(await levee.show(), /set layer4-connection-flood-check-rule "seen2"/);
  const again = new Draft(levee.configuration.view);
  again.create(table, null, 'two\nlines');
  levee.store.commit(again, { name: 'earlier', origin: 'test' }, 0);
  assert.equal(printed(await admin.type(`config ${table}`, 'delete "two\nlines"', 'end')), '');
});

test('a name has 63 characters at most: 64 are refused with -1, wherever a name is given', async (context) => {
  const levee = openLevee(context);
  const admin = levee.as('admin');
  for (const unit of ['x', 'é', '😀', '"', '\\']) {
    const longest = unit.repeat(63);
    const longer = unit.repeat(64);
    await admin.type(`config ${table}`, `edit ${quote(longest)}`, 'next');
    for (const line of [
      `edit ${quote(longer)}`,
      `rename ${quote(longest)} to ${quote(longer)}`,
      `clone ${quote(longest)} to ${quote(longer)}`,
    ]) {
      const { problems } = await admin.type(line);
      assert.deepEqual(
        problems.map(({ returnCode }) => returnCode),
        [-1],
        line,
      );
    }
    await admin.type('end');
    const text = `config ${table}\nedit ${quote(longer)}\nnext\nend\n`;
    const { outcome, problems } = await admin.import(text);
    assert.equal(outcome.status, 1);
    assert.equal(problems[0]?.returnCode, -1);
    assert.equal(problems[0]?.line, 2);
  }
  assert.equal(levee.configuration.view.rows(table, null).length, 5);
});
