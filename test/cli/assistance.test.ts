import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LevelKind } from '../../src/cli/session/levels.ts';
import { catalogue, language, openLevee, type Typist } from './in-process.ts';

/** What the folders of the product hold, whatever is added to them. */
const rules = 'waf layer4-connection-flood-check-rule';

function verbsAt(level: LevelKind): string[] {
  const there = [...language.verbs()].filter(({ levels, lists }) => levels.includes(level) && !lists);
  return there.map(({ verb }) => verb).sort();
}

/** Verbs that could do nothing in an empty table. */
const forEntries = ['clone', 'delete', 'move', 'purge', 'rename'];

function pipes(): string[] {
  return language
    .pipes()
    .map(({ name }) => name)
    .sort();
}

function fieldsOf(id: string, beginning: string): string[] {
  return [...catalogue.get(id).fields.keys()].filter((name) => name.startsWith(beginning));
}

/** The first words of the operations of a verb, after those that are given. */
function operationsOf(verb: string, ...before: readonly string[]): string[] {
  const after = language.operations().flatMap((operation) => {
    const isBelow = before.every((word, index) => operation.words[index] === word);
    return operation.verb === verb && isBelow ? [operation.words[before.length] ?? ''] : [];
  });
  return [...new Set(after)].sort();
}

const configuration = `
config log trigger-policy
  edit "mail"
  next
  edit "mail and syslog"
  next
end
config waf layer4-connection-flood-check-rule
  edit "Web Portal"
    set layer4-connection-threshold 10
    set action alert_deny
    set trigger-policy "mail"
  next
  edit "Webmail"
  next
end
config server-policy server-pool
  edit "pool"
    config  pserver-list
      edit 2
        set ip 192.0.2.2
      next
      edit 10
        set ip 192.0.2.10
      next
    end
  next
end
`;

const inRules = [`config ${rules}`];
const inRule = [...inRules, 'edit "Web Portal"'];
const inPool = ['config server-policy server-pool', 'edit pool'];

/** Where someone stands, what is typed, and what may stand at its end. */
type Case = { readonly at: readonly string[]; readonly typed: string; readonly words: readonly string[] };

const cases: readonly Case[] = [
  { at: [], typed: '', words: verbsAt('root') },
  { at: [], typed: 'e', words: ['execute', 'exit'] },
  { at: [], typed: 'exit ', words: [] },
  { at: [], typed: '# config ', words: [] },
  { at: [], typed: 'conf ser', words: ['server-policy'] },
  { at: [], typed: 'config server-policy ser', words: ['server-pool', 'service'] },
  { at: [], typed: 'config server-policy service ', words: ['custom', 'predefined'] },
  { at: [], typed: 'config waf layer4-connection-flood-check-rule ', words: [] },
  { at: [], typed: 'show waf l ', words: ['"Web Portal"', 'Webmail', '|'] },
  { at: [], typed: 'get system st', words: ['status'] },
  { at: [], typed: 'get system status | h', words: ['head'] },
  { at: [], typed: 'get waf l W', words: ['"Web Portal"', 'Webmail'] },
  { at: [], typed: 'show full waf l We', words: ['"Web Portal"', 'Webmail'] },
  {
    at: [],
    typed: 'get log trig mail | ',
    words: pipes(),
  },
  { at: [], typed: 'get log trig mail | gr', words: ['grep'] },
  { at: [], typed: 'show | head ', words: ['[<lines>]', '|'] },
  { at: [], typed: 'diagnose con', words: ['config'] },
  { at: [], typed: 'diagnose ', words: operationsOf('diagnose') },
  { at: [], typed: 'diagnose config ', words: operationsOf('diagnose', 'config') },
  { at: [], typed: 'diagnose config unused ', words: ['|'] },
  { at: [], typed: 'diagnose config used-by log trigger ', words: ['mail', '"mail and syslog"'] },
  { at: [], typed: 'diagnose config used-by log trigger mail ', words: ['|'] },
  { at: [], typed: 'execute terminal paging ', words: ['enable', 'disable'] },
  { at: [], typed: 'show waf web ', words: ['inline-protection'] },
  { at: [], typed: 'show full waf web inline ', words: ['|'] },
  { at: [], typed: 'tree waf web ', words: ['inline-protection', '|'] },
  {
    at: [],
    typed: 'show | grep ',
    words: ['[-f] [-i] [-v] [-n] [-c] [-A <lines>] [-B <lines>] [-C <lines>] <pattern>'],
  },
  {
    at: [],
    typed: 'show | grep -v x ',
    words: ['[-f] [-i] [-v] [-n] [-c] [-A <lines>] [-B <lines>] [-C <lines>] <pattern>', '|'],
  },
  {
    at: inRules,
    typed: '',
    words: verbsAt('table'),
  },
  {
    at: ['config system vip'],
    typed: '',
    words: verbsAt('table').filter((verb) => !forEntries.includes(verb)),
  },
  { at: inRule, typed: '', words: verbsAt('row').filter((verb) => verb !== 'config') },
  { at: inPool, typed: 'con', words: ['config'] },
  { at: inRules, typed: 'edit ', words: ['"Web Portal"', 'Webmail', '<name>'] },
  { at: inRules, typed: 'edit "Web ', words: ['"Web Portal"', '<name>'] },
  { at: inRules, typed: 'delete Webm', words: ['Webmail'] },
  { at: inRules, typed: 'rename Webmail ', words: ['to'] },
  { at: inRules, typed: 'rename Webmail to ', words: ['<name>'] },
  { at: inRules, typed: 'move Webmail b', words: ['before'] },
  { at: inRules, typed: 'move Webmail before ', words: ['"Web Portal"', 'Webmail'] },
  {
    at: inRule,
    typed: 'set s',
    words: fieldsOf(rules, 's'),
  },
  { at: inRule, typed: 'set trigger ', words: ['mail', '"mail and syslog"'] },
  { at: inRule, typed: 'set trigger mail ', words: [] },
  { at: inRule, typed: 'set action a', words: ['alert', 'alert_deny'] },
  { at: inRule, typed: 'set block-period ', words: ['<1-3600>'] },
  { at: inRule, typed: 'unset sev', words: ['severity'] },
  { at: inRule, typed: 'config ', words: [] },
  { at: inPool, typed: 'config ', words: ['pserver-list'] },
  { at: [...inPool, 'config pserver-list'], typed: 'edit ', words: ['2', '10', '<number>'] },
  { at: [...inPool, 'config pserver-list', 'edit 0'], typed: 'set ip ', words: ['<IPv4 or IPv6 address>'] },
];

async function stand(typist: Typist, at: readonly string[]): Promise<void> {
  const { problems } = await typist.type(...at);
  assert.deepEqual(problems, []);
}

suite('what may stand at the cursor', () => {
  for (const { at, typed, words } of cases) {
    test(`${at.at(-1) ?? 'root'} > ${typed}?`, async (context) => {
      const typist = openLevee(context).as('admin');
      await typist.import(configuration);
      await stand(typist, at);
      const lines = await typist.session.help(typed, typed.length);
      assert.deepEqual(
        lines.map(({ word }) => word),
        words,
      );
      const { candidates } = await typist.session.complete(typed, typed.length);
      const enterable = words.filter((word) => !/^[<[|]/.test(word));
      const offered = candidates.map(({ text }) => text);
      assert.deepEqual(typed.includes('"') ? offered : [...offered], enterable);
    });
  }
});

test('a word in quotes is completed in quotes, from where it starts', async (context) => {
  const typist = openLevee(context).as('admin');
  await typist.import(configuration);
  await stand(typist, inRules);
  assert.deepEqual(await typist.session.complete('edit "Webm', 10), {
    start: 5,
    candidates: [{ text: '"Webmail"', help: '', whole: true }],
  });
});

test('help says what words mean: words of a choice, defaults, what is set in an entry', async (context) => {
  const typist = openLevee(context).as('admin');
  await typist.import(configuration);
  await stand(typist, inRules);
  const helpOf = async (typed: string, word: string): Promise<string | undefined> =>
    (await typist.session.help(typed, typed.length)).find((line) => line.word === word)?.help;
  assert.match((await helpOf('edit ', '"Web Portal"')) ?? '', /layer4-connection-threshold 10/);
  await stand(typist, ['edit "Web Portal"']);
  assert.match((await helpOf('set block-period ', '<1-3600>')) ?? '', /default 600/);
  assert.match((await helpOf('set action ', 'alert')) ?? '', /default/);
  assert.match((await helpOf('set ', 'source-prefix-v6')) ?? '', /Levee's own/);
});

suite('help names the word that nothing here begins like, rather than offer the end of the line', () => {
  const mistaken: readonly (readonly [at: readonly string[], typed: string, word: string])[] = [
    [[], 'nonsense ', 'nonsense'],
    [[], 'nons', 'nons'],
    [[], 'execute reboot ', 'reboot'],
    [[], 'config waf nothing ', 'nothing'],
    [[], 'config log disk more ', 'more'],
    [inRules, 'set ', 'set'],
    [inRules, 'delete "Web Prtal" ', '"Web Prtal"'],
    [inRule, 'set trigger-polcy ', 'trigger-polcy'],
    [inRule, 'set action alret ', 'alret'],
    [inRule, 'set action alert now', 'now'],
  ];
  for (const [at, typed, word] of mistaken) {
    test(`${at.at(-1) ?? 'root'} > ${typed}?`, async (context) => {
      const typist = openLevee(context).as('admin');
      await typist.import(configuration);
      await stand(typist, at);
      const help = 'Not known here';
      assert.deepEqual(await typist.session.help(typed, typed.length), [{ word, help }]);
      assert.deepEqual((await typist.session.complete(typed, typed.length)).candidates, []);
    });
  }
});

test('help for a branch names the operations in it too', async (context) => {
  const { session } = openLevee(context).as('admin');
  const helpOf = async (typed: string): Promise<string | undefined> =>
    (await session.help(typed, typed.length)).find(({ word }) => word === 'system')?.help;
  const tables = catalogue.tables
    .flatMap(({ path: [branch, name = ''] }) => (branch === 'system' ? [name] : []))
    .sort();
  assert.ok(tables.includes('vip'));
  assert.equal(await helpOf('get '), [...tables, ...operationsOf('get', 'system')].join(', '));
  assert.equal(await helpOf('show '), tables.join(', '));
});

test('what is pending is offered, and what was renamed or deleted is not', async (context) => {
  const typist = openLevee(context).as('admin');
  await typist.import(configuration);
  await stand(typist, [...inPool, 'config pserver-list', 'delete 2', 'edit 7', 'set ip 192.0.2.7', 'next']);
  const lines = await typist.session.help('edit ', 5);
  assert.deepEqual(
    lines.map(({ word }) => word),
    ['7', '10', '<number>'],
  );
});

suite('marks', () => {
  const marked: readonly (readonly [at: readonly string[], line: string, kinds: string])[] = [
    [
      [],
      'show waf layer4-connection-flood-check-rule "Web Portal" | grep x',
      'verb path path value path path value',
    ],
    [[], 'cofnig waf', 'unknown unknown'],
    [[], 'conf wa', 'verb path'],
    [[], '  # a note', 'comment'],
    [inRule, 'set action alert_deny', 'verb field value'],
    [inRule, 'set acton alert', 'verb unknown unknown'],
    [inRule, 'set action alret', 'verb field unknown'],
    [inRule, 'set trigger "ma', 'verb field value'],
    [inRule, 'set trigger nobody', 'verb field unknown'],
    [inRule, 'set layer4-connection-threshold 5', 'verb field value'],
  ];
  for (const [at, line, kinds] of marked) {
    test(line, async (context) => {
      const typist = openLevee(context).as('admin');
      await typist.import(configuration);
      await stand(typist, at);
      const marks = await typist.session.highlight(line);
      assert.equal(marks.map(({ kind }) => kind).join(' '), kinds);
      const words = marks.map(({ start, length }) => line.slice(start, start + length)).join('');
      if (kinds === 'comment') assert.equal(words, '# a note');
      else assert.ok(line.replace(/\s/g, '').startsWith(words.replace(/\s/g, '')));
    });
  }
});
