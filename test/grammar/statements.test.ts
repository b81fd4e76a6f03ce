import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, statementSteps, statements } from '../../grammar/parse.ts';
import { resolveVerb } from '../../grammar/resolve-verb.ts';
import type { Verb } from '../../grammar/shapes.ts';
import { verbs } from '../../grammar/shapes.ts';
import type { Item } from '../../grammar/statement.ts';
import type { Word } from '../../grammar/word.ts';

function isWord(value: unknown): value is Word {
  return typeof value === 'object' && value !== null && 'text' in value && 'quoted' in value;
}

/** An item without its places: `edit key=a`, `path=a,b`, `! incomplete (a key)`. */
function brief(item: Item): string {
  if (item.kind === 'problem') return `! ${item.problem} '${item.word}' (${item.expected})`;
  const parts = Object.entries(item).flatMap(([name, value]) => {
    if (name === 'kind' || name === 'verb' || name === 'span') return [];
    if (name === 'pipes' && Array.isArray(value)) {
      return value.map((pipe) => `| ${pipe.filter(isWord).map((word: Word) => word.text)}`);
    }
    const shown = Array.isArray(value) ? value.filter(isWord).map((word) => word.text) : value;
    return [`${name}=${isWord(shown) ? shown.text : shown}`];
  });
  return [item.verb, ...parts].join(' ');
}

const readings: readonly (readonly [line: string, reading: string])[] = [
  ['config waf ip-list', 'config path=waf,ip-list'],
  ['edit "a b"', 'edit key=a b'],
  ['edit 0', 'edit key=0'],
  ['delete a', 'delete key=a'],
  ['set allowaccess ping ssh ', 'set field=allowaccess values=ping,ssh'],
  ['append f a b', 'append field=f values=a,b'],
  ['unselect f a', 'unselect field=f values=a'],
  ['select f a', 'select field=f values=a'],
  ['unset f', 'unset field=f'],
  ['clear f', 'clear field=f'],
  ['next', 'next'],
  ['end', 'end'],
  ['abort', 'abort'],
  ['purge', 'purge'],
  ['exit', 'exit'],
  ['rename a to b', 'rename from=a to=b'],
  ['rename to to to', 'rename from=to to=to'],
  ['clone a to b', 'clone from=a to=b'],
  ['move a before b', 'move key=a side=before other=b'],
  ['move after after before', 'move key=after side=after other=before'],
  ['get', 'get path='],
  ['get system status', 'get path=system,status'],
  ['tree waf', 'tree path=waf'],
  ['show', 'show full=false path='],
  ['show waf ip-list a', 'show full=false path=waf,ip-list,a'],
  ['show full-configuration waf', 'show full=true path=waf'],
  ['show f', 'show full=true path='],
  ['show full system advanced', 'show full=true path=system,advanced'],
  ['show "full" x', 'show full=false path=full,x'],
  ['show waf full', 'show full=false path=waf,full'],
  ['show fully', 'show full=false path=fully'],
  ['show | grep x', 'show full=false path= | grep,x'],
  ['show full waf | grep -f x | count', 'show full=true path=waf | grep,-f,x | count'],
  ['get a | json', 'get path=a | json'],
  ['execute a|b "|" \\| | head 5', 'execute words=a | b,|,| | head,5'],
  ['show waf ip-list|grep "a|b"|count', 'show full=false path=waf,ip-list | grep,a|b | count'],
  ['show|count', 'show full=false path= | count'],
  ['sh|grep "a|b"|json', 'show full=false path= | grep,a|b | json'],
  ['show|"count"', 'show full=false path= | count'],
  ['show full|json', 'show full=true path= | json'],
  ['get a\\|b"|"c|json', 'get path=a|b|c | json'],
  ['edit a|b', 'edit key=a|b'],
  ['show |', "! incomplete '' (what the output is piped to)"],
  ['show | | x', "! unexpected-word '|' (what the output is piped to)"],
  ['set f | g', 'set field=f values=|,g'],
  ['execute ping "a b"', 'execute words=ping,a b'],
  ['diagnose policy list', 'diagnose words=policy,list'],
  ['conf waf', 'config path=waf'],
  ['g system', 'get path=system'],
  ['con\\\nfig waf', 'config path=waf'],
  ['set config edit', 'set field=config values=edit'],

  ['config', "! incomplete '' (a table)"],
  ['edit', "! incomplete '' (a key)"],
  ['edit a b', "! unexpected-word 'b' (the end of the line)"],
  ['set', "! incomplete '' (a field)"],
  ['set f', "! incomplete '' (a value)"],
  ['unset', "! incomplete '' (a field)"],
  ['unset a b', "! unexpected-word 'b' (the end of the line)"],
  ['clear a b c', "! unexpected-word 'b' (the end of the line)"],
  ['next foo', "! unexpected-word 'foo' (the end of the line)"],
  ['end "a b"', '! unexpected-word \'"a b"\' (the end of the line)'],
  ['rename', "! incomplete '' (a key)"],
  ['rename a', '! incomplete \'\' ("to" and the new name)'],
  ['rename a to', "! incomplete '' (the new name)"],
  ['rename a b', '! unexpected-word \'b\' ("to" and the new name)'],
  ['rename a t b', '! unexpected-word \'t\' ("to" and the new name)'],
  ['rename a "to" b', '! unexpected-word \'"to"\' ("to" and the new name)'],
  ['move a', '! incomplete \'\' ("before" or "after" and a key)'],
  ['move a before', "! incomplete '' (a key)"],
  ['move a bef b', '! unexpected-word \'bef\' ("before" or "after" and a key)'],
  ['execute', "! incomplete '' (a command)"],
  ['foo bar', "! unknown-verb 'foo' (a verb)"],
  ['"set" a b', '! unknown-verb \'"set"\' (a verb)'],
  ['e a', "! ambiguous-verb 'e' (one of edit, end, execute, exit)"],
  ['set f a\0b', "! nul-character '\0' (text without NUL characters)"],
  ['\0', "! nul-character '\0' (text without NUL characters)"],
  ['edit "abc d  ', "! unclosed-quote '\"abc d' (a closing quote)"],
];

for (const [line, reading] of readings) {
  test(JSON.stringify(`${line}: ${reading}`), () => {
    assert.deepEqual(parse(line).map(brief), [reading]);
  });
}

test('blank lines and comments say nothing', () => {
  assert.deepEqual(parse(''), []);
  assert.deepEqual(parse('\n \t\r\n# edit "a\n   # \'\n#\\\n').map(brief), []);
  assert.deepEqual(parse('# a\\\nnext').map(brief), ['next']);
});

test('problems stand in order among the statements, and reading goes on', () => {
  assert.deepEqual(parse('config a\nfoo\nedit\nedit x\nset a "b\nset c d\nend').map(brief), [
    'config path=a',
    "! unknown-verb 'foo' (a verb)",
    "! incomplete '' (a key)",
    'edit key=x',
    "! unclosed-quote '\"b' (a closing quote)",
    'set field=c values=d',
    'end',
  ]);
});

test('a problem tells the verb of its line where that is known', () => {
  const verbOf = (line: string) => parse(line).map((item) => item.verb);
  assert.deepEqual(verbOf('edit'), ['edit']);
  assert.deepEqual(verbOf('ed "abc'), ['edit']);
  assert.deepEqual(verbOf('set a \0'), ['set']);
  assert.deepEqual(verbOf('foo "abc'), [undefined]);
  assert.deepEqual(verbOf('"abc'), [undefined]);
});

test('a mistyped verb is answered with the nearest one, an ambiguous one with all', () => {
  const candidatesOf = (line: string) =>
    parse(line).map((item) => item.kind === 'problem' && item.candidates);
  assert.deepEqual(candidatesOf('confgi a'), [['config']]);
  assert.deepEqual(candidatesOf('"edit" a'), [['edit']]);
  assert.deepEqual(candidatesOf('xyzzy a'), [[]]);
  assert.deepEqual(candidatesOf('un a'), [['unset', 'unselect']]);
});

test('places: line, column in characters, offset in code units', () => {
  const [first, second, third] = parse('  edit 😀\n\tset "😀" \'a\nb\' c\n  set é\n');
  assert.ok(first?.kind === 'statement' && first.verb === 'edit');
  assert.deepEqual(first.span, { offset: 2, length: 7, line: 1, column: 3 });
  assert.deepEqual(first.key.span, { offset: 7, length: 2, line: 1, column: 8 });
  assert.ok(second?.kind === 'statement' && second.verb === 'set');
  assert.deepEqual(second.span, { offset: 11, length: 16, line: 2, column: 2 });
  assert.deepEqual(second.field.span, { offset: 15, length: 4, line: 2, column: 6 });
  assert.deepEqual(
    second.values.map((word) => word.span),
    [
      { offset: 20, length: 5, line: 2, column: 10 },
      { offset: 26, length: 1, line: 3, column: 4 },
    ],
  );
  assert.ok(third?.kind === 'problem');
  assert.deepEqual(third.span, { offset: 35, length: 0, line: 4, column: 8 });
});

test('what is missing is missing right behind the last word', () => {
  const [afterBlanks] = parse('set a   \n');
  assert.deepEqual(afterBlanks?.span, { offset: 5, length: 0, line: 1, column: 6 });
  const [afterNewline] = parse('set "a\nb"');
  assert.deepEqual(afterNewline?.span, { offset: 9, length: 0, line: 2, column: 3 });
});

test('an abbreviation means what is valid at the level reached so far', () => {
  let valid: readonly Verb[] = ['config', 'get', 'show', 'exit'];
  const read: string[] = [];
  for (const item of statements('c a\ne\ns\ns f v\nend', { verbs: () => valid })) {
    read.push(brief(item));
    if (item.verb === 'config') valid = ['end', 'delete', 'show'];
    if (item.verb === 'show') valid = ['set', 'next', 'end'];
  }
  assert.deepEqual(read, ['config path=a', 'end', 'show full=false path=', 'set field=f values=v', 'end']);
});

test('a verb is resolved: in full anywhere, as a prefix among the valid ones first', () => {
  assert.deepEqual(resolveVerb('set', ['config']), { verb: 'set' });
  assert.deepEqual(resolveVerb('e', ['end', 'delete']), { verb: 'end' });
  assert.deepEqual(resolveVerb('e', ['end', 'edit']), { candidates: ['end', 'edit'] });
  assert.deepEqual(resolveVerb('ne', ['config', 'get']), { verb: 'next' });
  assert.deepEqual(resolveVerb('se', ['config']), { nearest: 'set' });
  assert.deepEqual(resolveVerb('', verbs), { nearest: undefined });
  assert.deepEqual(resolveVerb('CONFIG', verbs), { nearest: 'config' });
});

test('who reads a long text can pause where no statement stands', () => {
  for (const empty of ['\n', ' ', '# x\n', '\\\n']) {
    const steps = [...statementSteps(`${empty.repeat(600_000)}\nend`)];
    assert.ok(steps.length > 4, JSON.stringify(empty));
    assert.deepEqual(
      steps.flatMap((item) => item?.verb ?? []),
      ['end'],
    );
  }
});
