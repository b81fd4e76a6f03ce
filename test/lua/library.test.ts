import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { originalState, run, scriptState } from './lua.ts';

const own = scriptState();
const original = originalState();

/** Runs in both states; what differs only is that Lua's own functions put no names of ours into messages. */
function same(code: string, ...values: string[]): void {
  assert.deepEqual(
    run(own, code, values),
    run(original, code, values),
    `${code} ${JSON.stringify(values).slice(0, 99)}`,
  );
}

const patternPieces = [
  ...[
    'a',
    'b',
    '.',
    '%a',
    '%d',
    '%s',
    '%w',
    '%x',
    '%p',
    '%S',
    '%z',
    '%Z',
    '%W',
    '%%',
    '%.',
    '[ab]',
    '[^ab]',
    '[a-c]',
    '[%a-]',
  ],
  ...[
    '[]a]',
    '[^]a]',
    '[',
    ']',
    '%',
    '(',
    ')',
    '()',
    '%1',
    '%2',
    '%0',
    '%b()',
    '%bab',
    '%b',
    '%f[a]',
    '%f[%w]',
    '%f',
  ],
  ...[
    '^',
    '$',
    '*',
    '+',
    '-',
    '?',
    '\0',
    '\xff',
    '[\x80-\xff]',
    '[a-',
    '[%',
    'a*',
    'b-',
    '.-',
    '(a*)',
    '(.-)',
  ],
];
const pattern = fc
  .array(fc.constantFrom(...patternPieces), { maxLength: 7 })
  .map((pieces) => pieces.join(''));
const subject = fc.array(fc.constantFrom('a', 'b', 'c', '(', ')', ' ', '1', 'A', '-', '\0', '\xff'), {
  maxLength: 12,
});
const init = fc.constantFrom('nil', '-3', '0', '1', '2', '5', '100', '-100');
const runs = { numRuns: rounds(150, 1500) };

test('find, match, gmatch and gsub are those of Lua, errors too', () => {
  const cases = fc.tuple(
    pattern,
    subject.map((parts) => parts.join('')),
    init,
  );
  fc.assert(
    fc.property(cases, fc.constantFrom('x', '%0', '%1', '<%1%2>', '%%', '%', '%9', ''), ([p, s, i], r) => {
      same(`local s, p = ... return pcall(string.find, s, p, ${i})`, s, p);
      same(`local s, p = ... return pcall(string.find, s, p, ${i}, true)`, s, p);
      same(`local s, p = ... return pcall(string.match, s, p, ${i})`, s, p);
      same('local s, p, r = ... return pcall(string.gsub, s, p, r)', s, p, r);
      same('local s, p, r = ... return pcall(string.gsub, s, p, r, 2)', s, p, r);
      same(
        'local s, p = ... return pcall(string.gsub, s, p, function(x, y) return y or x == "a" and x end)',
        s,
        p,
      );
      same(
        'local s, p = ... return pcall(string.gsub, s, p, {a = "A", b = 7, [1] = true, [" "] = false})',
        s,
        p,
      );
      same(
        `local s, p = ... local r = {} local ok, e = pcall(function()
           for a, b in string.gmatch(s, p, ${i === 'nil' ? 1 : i}) do r[#r+1] = tostring(a) .. ":" .. tostring(b) end
         end) return ok, e, table.concat(r, ",")`,
        s,
        p,
      );
    }),
    runs,
  );
});

test('patterns at their limits are those of Lua', () => {
  for (const [p, s] of [
    ['('.repeat(32) + ')'.repeat(32), 'a'],
    ['('.repeat(33), 'a'],
    ['a?'.repeat(199), 'a'.repeat(250)],
    ['a?'.repeat(250), 'a'.repeat(250)],
    ['a*'.repeat(250), ''],
    ['.-b', 'a'.repeat(500)],
    ['%b()', '('.repeat(500)],
    ['(a)(b)%2%1', 'abba'],
    ['%d+%.?%d*', 'x 12.50 y'],
  ] as const) {
    same('local s, p = ... return pcall(string.match, s, p)', s, p);
  }
});

test('the loops of the table library are those of Lua', () => {
  const number = fc.integer({ min: -3, max: 9 });
  const list = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 8 });
  const show =
    'local r = {} for i = -9, 20 do r[#r+1] = tostring(t[i]) end return ok, e, table.concat(r, " ")';
  fc.assert(
    fc.property(list, number, number, number, (items, a, b, c) => {
      const t = `local t = {${items.join(',')}} `;
      same(`${t} local ok, e = pcall(table.insert, t, 77) ${show}`);
      same(`${t} local ok, e = pcall(table.insert, t, ${a}, 77) ${show}`);
      same(`${t} local ok, e = pcall(table.remove, t) ${show}`);
      same(`${t} local ok, e = pcall(table.remove, t, ${a}) ${show}`);
      same(`${t} local ok, e = pcall(table.move, t, ${a}, ${b}, ${c}) e = e == t ${show}`);
      same(
        `${t} local u = {1, 2, 3} local ok, e = pcall(table.move, t, ${a}, ${b}, ${c}, u) t = u e = 0 ${show}`,
      );
      same(`${t} local ok, e = pcall(table.sort, t) ${show}`);
      same(`${t} local ok, e = pcall(table.sort, t, function(x, y) return x > y end) ${show}`);
      same(`${t} return pcall(table.unpack, t, ${a}, ${b})`);
      same(`${t} return pcall(table.concat, t, "-")`);
      same(`${t} return pcall(table.concat, t, "-", ${a}, ${b})`);
      same(`${t} return pcall(select, ${a}, table.unpack(t))`);
      same(`${t} return select("#", table.unpack(t))`);
    }),
    { numRuns: rounds(60, 500) },
  );
});

test('a sort with an order that contradicts itself ends', () => {
  assert.deepEqual(
    run(
      own,
      'local t = {} for i = 1, 99 do t[i] = i end table.sort(t, function() return true end) return #t',
    ),
    ['99'],
  );
});

test('rep, byte, char, upper and the rest of the string library are those of Lua', () => {
  const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array).toString('latin1'));
  fc.assert(
    fc.property(bytes, bytes, fc.integer({ min: -2, max: 6 }), (s, separator, n) => {
      same(`local s, p = ... return s:rep(${n}, p), s:rep(${n})`, s, separator);
      same(`local s = ... return s:byte(1, -1), s:byte(${n}), #s, s:upper(), s:lower(), s:reverse()`, s);
      same('local s = ... return string.char(s:byte(1, -1)), s:sub(2, -2)', s);
      same('local s = ... return ("%s|%5s|%q|%-4d|%x|%5.1f"):format(s, "b", s, 3, 255, 1.25)', s);
      same(
        'local s = ... return tonumber(s), tonumber(s, 16), utf8.len(s), pcall(utf8.codepoint, s, 1, -1)',
        s,
      );
    }),
    { numRuns: rounds(60, 500) },
  );
});

test('every byte crosses the border unharmed, both ways', () => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1');
  assert.deepEqual(run(own, 'return ...', [all]), [`'${all}'`]);
  assert.deepEqual(run(own, 'local s = ... return #s, s:byte(129), s .. "\\0\\xff"', [all]), [
    '256',
    '128',
    `'${all}\0\xff'`,
  ]);
});

test('starts_with and ends_with compare plain text', () => {
  const code = 'local s, p = ... return s:starts_with(p), s:ends_with(p)';
  assert.deepEqual(run(own, code, ['a.b', 'a.']), ['true', 'false']);
  assert.deepEqual(run(own, code, ['a.b', '.b']), ['false', 'true']);
  assert.deepEqual(run(own, code, ['ab', 'abc']), ['false', 'false']);
  assert.deepEqual(run(own, code, ['ab', '']), ['true', 'true']);
});

test('what reaches files, code, threads or the host is not there', () => {
  for (const name of ['io', 'os', 'package', 'require', 'load', 'loadstring', 'loadfile', 'dofile', 'warn']) {
    assert.deepEqual(run(own, `return ${name}`), ['nil'], name);
  }
  assert.deepEqual(run(own, 'return string.dump'), ['nil']);
  assert.deepEqual(run(own, 'return pcall(collectgarbage)'), [
    'false',
    `'collectgarbage('collect') is not available; 'count' is'`,
  ]);
  assert.deepEqual(run(own, 'return collectgarbage("count") > 0'), ['true']);
  assert.deepEqual(run(own, 'return pcall(setmetatable, {}, {__gc = print})'), [
    'false',
    "'__gc is not available'",
  ]);
  assert.deepEqual(run(own, 'return pcall(setmetatable, {}, {__mode = "k"})'), [
    'false',
    "'__mode is not available'",
  ]);
  assert.deepEqual(run(own, 'return pcall(setmetatable, setmetatable({}, {__metatable = 1}), {})'), [
    'false',
    "'cannot change a protected metatable'",
  ]);
});
