import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../../grammar/parse.ts';

/** The line and column of each unclosed quote, and the verbs of all statements. */
function outcome(text: string): { unclosed: string[]; verbs: string } {
  const items = parse(text);
  const unclosed = items.flatMap((item) =>
    item.kind === 'problem' && item.problem === 'unclosed-quote'
      ? [`${item.span.line}:${item.span.column}`]
      : [],
  );
  const other = items.filter((item) => item.kind === 'problem' && item.problem !== 'unclosed-quote');
  assert.deepEqual(other, []);
  return {
    unclosed,
    verbs: items.flatMap((item) => (item.kind === 'statement' ? [item.verb] : [])).join(' '),
  };
}

const cases: readonly {
  name: string;
  text: string;
  unclosed: string[];
  verbs: string;
}[] = [
  {
    name: 'a quote that never closes is reported where it opens, and reading resumes on the next line',
    text: 'config a\n  edit "b\n    set c d\n  next\nend\n',
    unclosed: ['2:8'],
    verbs: 'config set next end',
  },
  {
    name: 'a stray double quote does not run into the next quoted value',
    text: 'edit "b\n  set c "d"\n  set e "f g"\nnext\n',
    unclosed: ['1:6'],
    verbs: 'set set next',
  },
  {
    name: 'nor into an empty one',
    text: 'edit "b\n  set c ""\nnext\n',
    unclosed: ['1:6'],
    verbs: 'set next',
  },
  {
    name: 'nor does a stray single quote',
    text: "set comment don't\n  set c 'd'\nnext\n",
    unclosed: ['1:16'],
    verbs: 'set next',
  },
  {
    name: 'a stray quote in the middle of a word',
    text: 'edit ab"c\nset d "e"\n',
    unclosed: ['1:8'],
    verbs: 'set',
  },
  {
    name: 'a stray quote behind a quoted value of several lines',
    text: 'set a "b\nc"d"e\nset f "g"\nnext\n',
    unclosed: ['2:4'],
    verbs: 'set next',
  },
  {
    name: 'one stray quote of each kind',
    text: 'set a "b\nset a \'b\nset c "d" \'e\'\nnext\n',
    unclosed: ['1:7', '2:7'],
    verbs: 'set next',
  },
  {
    name: 'an escaped quote closes nothing',
    text: 'set a "b\nset c \\"d\nnext\n',
    unclosed: ['1:7'],
    verbs: 'set next',
  },
  {
    name: 'a value of several lines may look like statements',
    text: 'set body "config a\n  set b c\nend"\nset body "\nset x y"\nset body "a\nset x " more\nnext\n',
    unclosed: [],
    verbs: 'set set set next',
  },
  {
    name: 'a closing quote that the word goes on behind is one, unless its line begins like a statement',
    text: 'set a "b\nc"d\'e\'\nnext\n',
    unclosed: [],
    verbs: 'set next',
  },
  {
    name: 'a line that begins with a cut verb is none that begins like a statement',
    text: 'set a "b\nse c "d\nnext\n',
    unclosed: [],
    verbs: 'set next',
  },
];

for (const { name, text, unclosed, verbs } of cases) {
  test(name, () => assert.deepEqual(outcome(text), { unclosed, verbs }));
}

test('a hundred thousand stray quotes of both kinds are each reported', () => {
  const { unclosed, verbs } = outcome(`${`set a 'b\nset a "b\n`.repeat(50_000)}set c 'd' "e"\n`);
  assert.equal(unclosed.length, 100_000);
  assert.equal(unclosed.at(-1), '100000:7');
  assert.equal(verbs, 'set');
});

test('a quote that never closes is looked for once, however many escaped ones follow', () => {
  const { unclosed, verbs } = outcome(`set a "b\n${'set c \\"d\n'.repeat(100_000)}`);
  assert.deepEqual(unclosed, ['1:7']);
  assert.equal(verbs.split(' ').length, 100_000);
});
