import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { resolveVerb } from '../../grammar/resolve-verb.ts';
import type { Verb } from '../../grammar/shapes.ts';
import { verbsAt } from '../../src/cli/session/perform.ts';
import { language, openLevee, printed, type Typist } from './in-process.ts';

const path = ['waf', 'layer4-connection-flood-check-rule'];
const table = language.catalogue.get(path.join(' '));

/** A word of the language, or of the person who types. */
type Word = { readonly word: string; readonly among: readonly string[] | null };
type Line = { readonly level: 'root' | 'table' | 'row'; readonly words: readonly Word[] };

function own(word: string): Word {
  return { word, among: null };
}
function field(word: string): Word {
  return { word, among: [...table.fields.keys()] };
}
function verb(word: string, level: Line['level']): Word {
  return { word, among: verbsIn(level) };
}

/** At a level of this table, which has no list. */
function verbsIn(level: Line['level']): Verb[] {
  return verbsAt(language, { kind: level, row: undefined });
}

function setLine(name: string, value: Word): Line {
  return { level: 'row', words: [verb('set', 'row'), field(name), value] };
}

const actions = Object.keys(table.fields.get('action')?.meta.choices ?? {});
const severities = Object.keys(table.fields.get('severity')?.meta.choices ?? {});

/** Every command of the reference page, each of its values; values have no abbreviation there. */
const commands: readonly Line[] = [
  {
    level: 'root',
    words: [
      verb('config', 'root'),
      ...path.map((word, at) => ({ word, among: language.catalogue.wordsAfter(path.slice(0, at)) })),
    ],
  },
  { level: 'table', words: [verb('edit', 'table'), own('"<rule_name>"')] },
  ...[0, 1, 10, 65_536].map((limit) => setLine('layer4-connection-threshold', own(String(limit)))),
  ...['alert', 'alert_deny', 'block-period', 'deny_no_log'].map((word) =>
    setLine('action', { word, among: actions }),
  ),
  ...[1, 600, 3600].map((seconds) => setLine('block-period', own(String(seconds)))),
  ...['High', 'Medium', 'Low', 'Info'].map((word) => setLine('severity', { word, among: severities })),
  setLine('trigger-policy', own('"Server_Policy_Trigger"')),
  { level: 'row', words: [verb('next', 'row')] },
  { level: 'table', words: [verb('end', 'table')] },
];

const example: readonly Line[] = [
  ...commands.slice(0, 1),
  { level: 'table', words: [verb('edit', 'table'), own('"Web Portal Network Connect Limit"')] },
  setLine('action', { word: 'alert_deny', among: actions }),
  setLine('layer4-connection-threshold', own('10')),
  setLine('severity', { word: 'Medium', among: severities }),
  setLine('trigger-policy', own('"Server_Policy_Trigger"')),
  ...commands.slice(-2),
];

/** The shortest beginning that only this one of the words has, unless it is one of them itself. */
function shortest({ word, among }: Word): string {
  if (among === null) return word;
  assert.ok(among.includes(word), word);
  for (let length = 1; length < word.length; length++) {
    const beginning = word.slice(0, length);
    if (among.includes(beginning)) continue;
    if (among.filter((other) => other.startsWith(beginning)).length === 1) return beginning;
  }
  return word;
}

function verbatim({ words }: Line): string {
  return words.map(({ word }) => word).join(' ');
}
function abbreviated({ words }: Line): string {
  return words.map(shortest).join(' ');
}
/** The last word with one letter less, where that leaves a word that is none of the language. */
function tooShort({ words }: Line): string | null {
  const last = words.at(-1);
  if (last === undefined || last.among === null) return null;
  const word = shortest(last).slice(0, -1);
  if (word === '' || shortest(last) === last.word || last.among.includes(word)) return null;
  return [...words.slice(0, -1).map(shortest), word].join(' ');
}

async function withTrigger(context: TestContext): Promise<Typist> {
  const typist = openLevee(context).as('admin');
  await typist.type('config log trigger-policy', 'edit Server_Policy_Trigger', 'end');
  return typist;
}

suite('the commands of the reference page of the rule', () => {
  for (const [name, spell] of Object.entries({ verbatim, abbreviated })) {
    test(`${name}, line by line at the prompt and as one text`, async (context) => {
      for (const lines of [commands, example]) {
        const typed = await withTrigger(context);
        for (const line of lines) assert.equal(printed(await typed.type(spell(line))), '', spell(line));
        const imported = await withTrigger(context);
        assert.equal(printed(await imported.import(`${lines.map(spell).join('\n\n')}\n`)), '');
        const wanted = await withTrigger(context);
        await wanted.import(`${lines.map(verbatim).join('\n')}\n`);
        const shown = (await wanted.type('show')).output;
        assert.match(shown, /trigger-policy "Server_Policy_Trigger"/);
        assert.equal((await typed.type('show')).output, shown);
        assert.equal((await imported.type('show')).output, shown);
      }
    });
  }

  test('every word was cut as far as the language allows, and one letter less is ambiguous', async (context) => {
    const typist = await withTrigger(context);
    assert.equal(abbreviated(commands[0] ?? { level: 'root', words: [] }), 'c w l');
    let refused = 0;
    for (const line of commands) {
      const short = tooShort(line);
      if (short !== null) {
        const { problems } = await typist.type(short);
        assert.deepEqual(
          problems.map(({ returnCode }) => [-61, -651].includes(returnCode ?? 0)),
          [true],
          short,
        );
        refused += 1;
      }
      await typist.type(abbreviated(line));
    }
    assert.ok(refused > 0);
    for (const level of ['root', 'table', 'row'] as const) {
      for (const full of verbsIn(level)) {
        const meant = resolveVerb(shortest(verb(full, level)), verbsIn(level));
        assert.deepEqual(meant, { verb: full });
      }
    }
  });

  const shortEdit = shortest(verb('edit', 'table'));
  const shortSet = [verb('set', 'row'), field('trigger-policy')].map(shortest).join(' ');
  for (const [edit, set] of [
    ['edit ', 'set trigger '],
    [`${shortEdit} `, `${shortSet} `],
  ] as const) {
    test(`"${edit}?" lists the rules and "${set}?" the trigger policies`, async (context) => {
      const typist = await withTrigger(context);
      await typist.type(...example.map(verbatim), 'config waf layer4-connection-flood-check-rule');
      const rules = await typist.session.help(edit, edit.length);
      assert.deepEqual(
        rules.map(({ word }) => word),
        ['"Web Portal Network Connect Limit"', '<name>'],
      );
      await typist.type('edit "Web Portal Network Connect Limit"');
      const triggers = await typist.session.help(set, set.length);
      assert.deepEqual(
        triggers.map(({ word }) => word),
        ['Server_Policy_Trigger'],
      );
    });
  }
});
