import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkScript, findingsOf } from '../../src/scripting/script/check.ts';
import { parseScript } from '../../src/scripting/script/parse.ts';
import type { ScriptProblem } from '../../src/scripting/script/position.ts';
import { rounds } from '../campaign.ts';
import { codePoint } from '../code-point.ts';
import fc from '../property.ts';

function blocksOf(text: string): string[] {
  return parseScript(text).blocks.map(({ event, priority, bodyStart, bodyEnd }) =>
    `${event} ${priority} ${text.slice(bodyStart, bodyEnd).trim()}`.trim(),
  );
}

function said({ line, column, message, found }: ScriptProblem): string {
  return `${line}:${column} ${message} [${found}]`;
}
function problemsOf(text: string): string[] {
  return checkScript(text).map(said);
}

test('the blocks of a script, in their order, with their priorities', () => {
  const text = `-- a limiter
when RULE_INIT { count = 0 }
when TCP_ACCEPTED priority 10{ count = count + 1 }
When TCP_ACCEPTED
{
  t = { {}, "}" }
}
when TCP_CLOSED priority 2147483647 {}`;
  assert.deepEqual(blocksOf(text), [
    'RULE_INIT 500 count = 0',
    'TCP_ACCEPTED 10 count = count + 1',
    'TCP_ACCEPTED 500 t = { {}, "}" }',
    'TCP_CLOSED 2147483647',
  ]);
  assert.deepEqual(problemsOf(text), []);
});

test('other names of the same events', () => {
  const text = 'when TCP_BIND {} when BEFORE_CONNECT {} when CLIENT_ACCEPTED {} when CLIENT_CLOSED {}';
  assert.deepEqual(
    parseScript(text).blocks.map(({ event }) => event),
    ['VS_LISTENER_BIND', 'SERVER_BEFORE_CONNECT', 'TCP_ACCEPTED', 'TCP_CLOSED'],
  );
});

test('braces in strings and comments close no block', () => {
  const bodies = [
    `s = "}" .. '}' .. "\\"}" .. '\\\\'`,
    's = [[ } ]] .. [==[ ]] } ]==]',
    '-- }\n',
    '--[[ } \n } ]] x = 1',
    '--[==[ ]] } ]==] x = 1',
    's = "a\\\n}" .. "\\z  \n }"',
    't = {[ [[}]] ] = {1}}',
    "s = 'it\\'s }'",
  ];
  for (const body of bodies) {
    const text = `when TCP_ACCEPTED {${body}}\nwhen TCP_CLOSED { done = 1 }`;
    assert.deepEqual(blocksOf(text), [`TCP_ACCEPTED 500 ${body.trim()}`, 'TCP_CLOSED 500 done = 1']);
    assert.deepEqual(problemsOf(text), []);
  }
});

test('Lua outside of the blocks, where when is a name like any other inside functions', () => {
  const text = `local limits = { when = 1 }
local function when_busy(when) if when then return when end end
function later() local when = limits.when return when end
when RULE_INIT { x = when_busy(later()) }`;
  assert.deepEqual(blocksOf(text), ['RULE_INIT 500 x = when_busy(later())']);
  assert.deepEqual(problemsOf(text), []);
});

test('every mistake has its place', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['when TCP_ACEPTED { }', ["1:6 unknown event 'TCP_ACEPTED' [TCP_ACEPTED]"]],
    ['wehn TCP_ACCEPTED { }', ["1:1 unknown word 'wehn' before an event [wehn]"]],
    ['when { }', ['1:6 missing the name of an event [{]']],
    ['when', ['1:5 missing the name of an event []', '1:5 the script ends where { is missing []']],
    ['when TCP_CLOSED priority 0 { }', ['1:26 a priority is an integer from 1 to 2147483647 [0]']],
    ['when TCP_CLOSED priority x { }', ['1:26 a priority is an integer from 1 to 2147483647 [x]']],
    ['when TCP_CLOSED prio 3 { }', ["1:17 unknown word 'prio' after the event [prio]"]],
    ['when TCP_CLOSED 3 { }', ['1:17 missing { [3]']],
    ['when TCP_CLOSED {\n t = {\n}', ['1:17 this block is never closed [{]']],
    ['when TCP_CLOSED { } }', ['1:21 no block is open here [}]']],
    [
      'when TCP_CLOSED { s = "abc\n" }',
      ['1:23 unfinished string ["abc]', '2:1 unfinished string [" }]', '1:17 this block is never closed [{]'],
    ],
    [
      'when TCP_CLOSED { s = “a” }',
      ['1:23 a typographic quote; Lua takes \' or " [“]', '1:25 a typographic quote; Lua takes \' or " [”]'],
    ],
    ['when TCP_CLOSED { if a != b then end }', ['1:24 unexpected symbol; "not equal" is ~= in Lua [!]']],
    ['--[[ x', ['1:1 unfinished long comment [--[[ x]']],
    ['when TCP_CLOSED {\n  local x = = 1\n}', ['2:13 unexpected symbol [=]']],
    ['when TCP_CLOSED { x = ) }', ['1:23 unexpected symbol [)]']],
    ['é = 1', ['1:1 unexpected symbol [é]']],
    ['when TCP_CLOSED { s = "é" x = ) }', ['1:31 unexpected symbol [)]']],
    [
      'when TCP_CLOSED {\n  if x then\n}',
      ["3:1 'end' expected (to close 'if' at line 2) at the end of the block [}]"],
    ],
    ['when TCP_CLOSED {\r\n  a = 1\r\n  b b\r\n}', ['3:5 syntax error [b]']],
    ['when TCP_CLOSED { a.b = f(1)(2) c.d e = 1 }', ['1:37 syntax error [e]']],
    ['when TCP_CLOSED { x = 1 end }', ['1:25 the block should have ended before this [end]']],
    ['when TCP_CLOSED { goto out }', ["1:19 no visible label 'out' for <goto> at line 1 [goto]"]],
    ['when TCP_CLOSED { end) (function() }', ['1:19 the block should have ended before this [end]']],
    ['local x <const> = 1\nwhen TCP_CLOSED {\n x = 2 }', ["3:2 attempt to assign to const variable 'x' [x]"]],
    ['x =\nwhen TCP_CLOSED { }\n', ['3:1 unexpected symbol at the end of the script []']],
    [
      'when TCP_CLOSED { x = 1 2 }\nwhen TCP_CLOSED { y = 3 4 }',
      ['1:25 unexpected symbol [2]', '2:25 unexpected symbol [4]'],
    ],
  ];
  for (const [text, expected] of cases) assert.deepEqual(problemsOf(text), expected, text);
});

test('what could stand there is told', () => {
  const [problem] = checkScript('when TCP_ACEPTED { }');
  assert.ok(problem?.expected.includes('TCP_ACCEPTED'));
});

test('a script that nests without end, and one that is too long', () => {
  assert.match(problemsOf(`x = ${'('.repeat(10_000)}`).join(), /^1:\d+ .*(?:levels|overflow)/);
  assert.match(problemsOf(`x = ${'{'.repeat(1000)}${'}'.repeat(1000)}`).join(), /(?:levels|overflow)/);
  assert.deepEqual(problemsOf(`--${'x'.repeat(65_536)}`), [
    '1:1 a script has 65536 bytes at most; this one has 65538 []',
  ]);
  assert.deepEqual(problemsOf('when TCP_CLOSED{}\n'.repeat(257)), [
    '257:1 a script has 256 blocks at most [when TCP_CLOSED{]',
  ]);
});

const statementSamples = [
  ...[
    'x = 1',
    't = {{}, {a = {}}}',
    'f{}',
    'local function g() return {} end',
    'if x then y = {} end',
    ';',
    'do end',
  ],
  ...[
    's = "}"',
    "s = '{'",
    's = [[ }]] .. [==[ ]] } ]==]',
    '--}\n',
    '--[[ } ]]',
    '--[=[ ]] } ]=]',
    's = "\\"}"',
  ],
  ...[
    "s = '\\\\'",
    's = "\\z \n }"',
    's = "\\\n}"',
    'n = 0x1p-3 .. 1e+5',
    'n = 3 .. ""',
    't[ [[}]] ] = 1',
    'goto a ::a::',
  ],
];

test('a block ends where its Lua does, whatever is in there', () => {
  const body = fc
    .array(fc.constantFrom(...statementSamples), { maxLength: 6 })
    .map((statements) => statements.join(' ').replaceAll('goto a ::a::', 'do goto a ::a:: end'));
  fc.assert(
    fc.property(fc.array(body, { maxLength: 4 }), body, (bodies, outside) => {
      const blocks = bodies.map((text) => `when TCP_ACCEPTED {${text}}`);
      const text = [outside, ...blocks].join('\n');
      assert.deepEqual(problemsOf(text), [], text);
      const found = parseScript(text).blocks.map(({ bodyStart, bodyEnd }) => text.slice(bodyStart, bodyEnd));
      assert.deepEqual(found, bodies);
    }),
    { numRuns: rounds(60, 500) },
  );
});

test('any text is either a script or has problems within it', () => {
  const pieces = [
    'when',
    'TCP_ACCEPTED',
    'priority',
    '5',
    '{',
    '}',
    '"',
    "'",
    '[[',
    ']]',
    '--',
    '--[[',
    '\n',
    '\r\n',
    'end',
    'if',
    '\\',
    'é',
    '(',
    ')',
  ];
  const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: codePoint })), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(
      text.map((parts) => parts.join(' ')),
      (script) => {
        const lines = script.split(/\r\n|\n\r|\r|\n/);
        for (const { line, column } of checkScript(script)) {
          assert.ok(line >= 1 && line <= lines.length, `line ${line}`);
          assert.ok(
            column >= 1 && column <= Array.from(lines[line - 1] ?? '').length + 1,
            `column ${column}`,
          );
        }
      },
    ),
    { numRuns: rounds(100, 2000) },
  );
});

test('the first of very many like tokens that can’t be passed is found, wherever it is', () => {
  for (const wrong of [0, 1, 4999, 9999]) {
    const words = Array.from({ length: 10_000 }, (_, index) => (index === wrong ? 'a a' : 'a=1'));
    const before = words.slice(0, wrong).join(' ');
    const text = `when TCP_ACCEPTED { ${words.join(' ')} }`;
    const column = 'when TCP_ACCEPTED { '.length + before.length + (wrong === 0 ? 0 : 1) + 'a '.length + 1;
    assert.deepEqual(problemsOf(text), [`1:${column} syntax error [a]`], `at ${wrong}`);
  }
});

test('of a text that is wrong all over a hundred problems are enough', () => {
  assert.equal(checkScript('when X {}\n'.repeat(6500)).length, 100);
});

test('what does nothing here is a warning, and the rest of the script runs', () => {
  const text = `local most = 3
when HTTP_REQUEST priority 3 { HTTP:redirect("x = = ") }
when TCP_ACCEPTED { x = ip2country_name(IP:client_addr()) LB:routing("web") limits.file_open(1) }
when STREAM_REQUEST_DATA { LB:set_peer("192.0.2.1", 80) TCP:set_src_key "a" }
when PERSISTENCE { }
function file_get() return G2F end`;
  const { problems, warnings } = findingsOf(text);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    warnings.map(({ line, column, message }) => `${line}:${column} ${message}`),
    [
      '2:6 HTTP_REQUEST never happens on a TCP policy: its block does nothing',
      '3:25 ip2country_name does nothing here: there is no database of countries',
      '4:57 TCP:set_src_key does nothing here: each client has a server connection of its own',
      '5:6 PERSISTENCE never happens on a TCP policy: its block does nothing',
    ],
  );
  assert.deepEqual(blocksOf(text).length, 2);
});
