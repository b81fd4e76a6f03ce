import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { FakeConnection, world } from './harness.ts';

/** Values that functions may not expect. `others` are the tables and functions of the libraries, by number. */
const anyValues = [
  ...[
    'nil',
    'true',
    'false',
    '0',
    '1',
    '-1',
    '2',
    '3',
    '7',
    '100000',
    '1e308',
    '-1e308',
    '0/0',
    '1/0',
    '0.5',
    '-0.0',
  ],
  ...[
    'math.maxinteger',
    'math.mininteger',
    '1 << 31',
    '1 << 32',
    '1 << 53',
    '""',
    '"a"',
    '"%"',
    '"%1"',
    '"[a"',
    '"("',
  ],
  ...[
    '("x"):rep(70000)',
    '"\\0\\xff\\x80"',
    '"5"',
    '"0x10"',
    '"%d%s%q"',
    '"#"',
    '"get"',
    '"1.2.3.4/24"',
    '"c100"',
    '">i16"',
  ],
  ...[
    '{}',
    '{1, 2, 3}',
    '{op = "get", message = "tos"}',
    '{op = "set", message = "linger", value = 3}',
    '_G',
    'loop',
  ],
  ...['setmetatable({}, {__index = error, __newindex = error, __len = error, __tostring = error})'],
  ...['setmetatable({}, {__len = function() return 1 << 40 end, __index = function(_, k) return k end})'],
  ...['setmetatable({}, {__call = print, __concat = error, __lt = error, __eq = error, __name = 7})'],
  ...[
    'function(...) return ... end',
    'function() error({}) end',
    'function(a, b) return b end',
    'print',
    'pcall',
    'error',
  ],
];

/** Calls one of all functions with some arguments, and drops what comes of it. */
const anyCalls = `
  functions, loop = {}, {} loop[1] = loop
  local seen = {}
  local function collect(t, path, depth)
    for k, v in pairs(t) do
      if type(v) == "function" and not seen[v] then seen[v] = true functions[#functions + 1] = {path .. "." .. tostring(k), v, t}
      elseif type(v) == "table" and depth < 2 and v ~= _G and v ~= functions then collect(v, tostring(k), depth + 1) end
    end
  end
  collect(_G, "_G", 0)
  table.sort(functions, function(a, b) return a[1] < b[1] end)
  safe = {pcall = pcall, type = type, pairs = pairs, rawget = rawget}
`;

test('any function with any arguments gives a result or an error of Lua, and the state goes on', () => {
  const call = fc.record({
    chosen: fc.nat(400),
    withSelf: fc.boolean(),
    values: fc.array(fc.constantFrom(...anyValues), { maxLength: 5 }),
  });
  fc.assert(
    fc.property(fc.array(call, { minLength: 10, maxLength: 20 }), (calls) => {
      const code = calls.map(({ chosen, withSelf, values }) => {
        const list = [withSelf ? 'f[3]' : null, ...values].filter((value) => value !== null).join(', ');
        return `do local f = functions[${chosen} % #functions + 1] local r = f and safe.pcall(f[2]${list === '' ? '' : `, ${list}`}) end`;
      });
      const { runner, reports } = world(
        `when RULE_INIT { ${anyCalls} } when TCP_ACCEPTED { ${code.join('\n')} } when TCP_CLOSED { alive = 1 }`,
        {
          event: { instructions: 300_000, milliseconds: 60_000 },
          failuresInARow: 1e9,
          overrunsInAMinute: 1e9,
        },
      );
      const connection = runner.open(new FakeConnection());
      runner.fire('TCP_ACCEPTED', connection);
      runner.close(connection);
      runner.retire();
      const wrong = reports.filter(
        ({ kind, message }) => kind === 'notice' || (kind === 'error' && !expected.test(message)),
      );
      assert.deepEqual(wrong, [], code.join('\n'));
    }),
    { numRuns: rounds(10, 100) },
  );
});

/** What may end a block that calls everything in pcall: its budget, or that `error` and the like are gone by then. */
const expected =
  /took more|attempt to|not enough memory|bad argument|call it with a colon|can't be used|stack overflow|error object/;
