/**
 * Lua that wants more than it may, and how it ends: a pattern for the failure. None of them may take longer than its
 * budget, whatever it catches.
 */
export const hostile: Readonly<Record<string, readonly [string, RegExp]>> = {
  'endless loop': ['while true do end', /^overrun: t:1: .*instructions/],
  'endless loop in pcall': ['pcall(function() while true do end end)', /^overrun/],
  'pcall around pcall, endlessly': [
    'while true do pcall(function() while true do pcall(error) end end) end',
    /^overrun/,
  ],
  'xpcall whose handler loops': ['xpcall(error, function() while true do end end)', /^overrun/],
  goto: ['::again:: goto again', /^overrun/],
  'endless recursion': ['local function f() return 1 + f() end return pcall(f)', /^overrun|^false/],
  'endless tail calls': [
    'local function f(...) return f(1, ...) end f()',
    /^overrun|^error: .*overflow|^memory/,
  ],
  'pcall in pcall, deep': ['local function f() return pcall(f) end return f()', /^overrun|^(?:true|false)/],
  'memory bomb of strings': ['local s = "x" while true do s = s .. s end', /^overrun|^memory/],
  'memory bomb in pcall': [
    'while true do pcall(function() local s = "x" while true do s = s .. s end end) end',
    /^overrun/,
  ],
  'memory bomb of tables': ['local t = {} while true do t[#t + 1] = {} end', /^overrun|^memory/],
  'memory bomb of globals': ['keep = keep or {} while true do keep[#keep + 1] = {} end', /^overrun|^memory/],
  'memory bomb of closures': [
    'local f while true do local g = f f = function() return g end end',
    /^overrun|^memory/,
  ],
  'rep of a gigabyte': ['return ("x"):rep(1e9)', /^error: .*resulting string too large/],
  'rep of nothing, a billion times': ['return #("").rep("", 1e15)', /^0/],
  'rep in pcall': ['while true do pcall(string.rep, "x", 1 << 40) end', /^overrun/],
  'rep, large, again and again': ['while true do local s = ("x"):rep(1000000) end', /^overrun/],
  'catastrophic pattern': ['return ("a"):rep(5000):find((".-"):rep(40) .. "b")', /^overrun/],
  'catastrophic pattern in pcall': [
    'while true do pcall(string.find, ("a"):rep(500), ("a*"):rep(50) .. "b") end',
    /^overrun/,
  ],
  'gsub whose replacement loops': ['return ("a"):gsub("a", function() while true do end end)', /^overrun/],
  'gmatch over much': ['for w in ("a"):rep(1000000):gmatch(".-b") do end', /^overrun/],
  'plain find, quadratic': [
    'return ("a"):rep(500000):find(("a"):rep(200000) .. "b", 1, true)',
    /^overrun|^nil/,
  ],
  'frontier and sets': ['return ("a"):rep(500000):find("%f[" .. ("b"):rep(1000) .. "]")', /^overrun/],
  'format of long strings': [
    'local s = ("x"):rep(1000000) while true do ("%s%s%s%s"):format(s, s, s, s) end',
    /^overrun|^memory/,
  ],
  'concat of a list that is said to be long': [
    'return table.concat(setmetatable({}, {__len = function() return 1 << 52 end, __index = function() return "" end}))',
    /^overrun/,
  ],
  'insert before a billion': [
    'table.insert(setmetatable({}, {__len = function() return 1 << 40 end}), 1, 1)',
    /^overrun/,
  ],
  'remove of a billion': [
    'table.remove(setmetatable({}, {__len = function() return 1 << 40 end}), 1)',
    /^overrun/,
  ],
  'move of a billion': ['table.move({}, 1, 1 << 40, 2)', /^overrun/],
  'sort whose order loops': ['table.sort({3, 2, 1}, function() while true do end end)', /^overrun/],
  'sort whose order loops in pcall': [
    'table.sort({3, 2, 1}, function() while true do pcall(function() while true do end end) end end)',
    /^overrun/,
  ],
  'sort of what is said to be long': [
    'table.sort(setmetatable({}, {__len = function() return 1 << 30 end}))',
    /^overrun|^error/,
  ],
  'unpack of a billion': ['return table.unpack({}, 1, 1 << 30)', /^error: .*too many results/],
  'unpack in a loop': ['while true do select("#", table.unpack({}, 1, 100000)) end', /^overrun/],
  'byte over much': [
    'local s = ("x"):rep(100000) while true do pcall(string.byte, s, 1, -1) end',
    /^overrun|^memory/,
  ],
  'char of much': [
    'local f = string.char local function g(...) return g(65, ...), f(...) end g()',
    /^overrun|^error|^memory/,
  ],
  'utf8 over much': ['local s = ("x"):rep(1000000) while true do utf8.len(s) end', /^overrun/],
  'codepoints of much': [
    'local s = ("x"):rep(100000) while true do pcall(utf8.codepoint, s, 1, -1) end',
    /^overrun|^memory/,
  ],
  'tonumber of much': ['local s = (" "):rep(1000000) while true do tonumber(s) end', /^overrun/],
  'upper of much': ['local s = ("x"):rep(1000000) while true do s:upper() end', /^overrun/],
  'comparing long strings': [
    'local a, b = ("x"):rep(1000000), ("x"):rep(1000000) while true do local c = a == b or a < b end',
    /^overrun/,
  ],
  'an emptied table walked again and again': [
    'local t = {} for i = 1, 5000 do t[i .. ""] = 1 end for k in pairs(t) do t[k] = nil end while true do next(t) end',
    /^overrun/,
  ],
  'pack that pads': ['return string.pack("!16" .. ("Xi16"):rep(1000))', /^overrun|^error|^'|^memory/],
  'pack to a size': ['return string.pack("c2000000000", "")', /^overrun|^error|^memory/],
  'the metatable of strings': [
    'getmetatable("").__index = function() while true do end end return ("x").y',
    /^overrun/,
  ],
  'strings made to loop when added': [
    'getmetatable("").__add = function(a, b) return a + b end return "x" + "y"',
    /^overrun|^error: .*overflow|^memory/,
  ],
  'a chain of __index that bites its tail': [
    'local t = {} setmetatable(t, {__index = t}) return t.x',
    /^error: .*'__index' chain too long/,
  ],
  'a __tostring that loops': [
    'tostring(setmetatable({}, {__tostring = function() while true do end end}))',
    /^overrun/,
  ],
  'a __tostring that loops in pcall': [
    'while true do pcall(tostring, setmetatable({}, {__tostring = function() while true do end end})) end',
    /^overrun/,
  ],
  'a __close that loops': [
    'local x <close> = setmetatable({}, {__close = function() while true do end end}) error("x")',
    /^overrun/,
  ],
  'a __close after an overrun': [
    'local x <close> = setmetatable({}, {__close = function() while true do end end}) while true do end',
    /^overrun/,
  ],
  'a finalizer': [
    'setmetatable({}, {__gc = function() while true do end end})',
    /^error: .*__gc is not available/,
  ],
  'a finalizer added later': [
    'local m = {} setmetatable({}, m) m.__gc = function() while true do end end for i = 1, 1000 do local t = {} end',
    /^$/,
  ],
  'an __eq and __lt that loop': [
    'local m = {__eq = function() while true do end end} return setmetatable({}, m) == setmetatable({}, m)',
    /^overrun/,
  ],
  'a __pairs that loops': [
    'for k in pairs(setmetatable({}, {__pairs = function() while true do end end})) do end',
    /^overrun/,
  ],
  'an error that is a table': ['error({})', /^error: \(error object is a table value\)/],
  'an error that is nil': ['error()', /^error: \(error object is a nil value\)/],
  'an error whose __tostring loops': [
    'error(setmetatable({}, {__tostring = function() while true do end end}))',
    /^error: \(error object is a table value\)/,
  ],
  'a concatenation of everything': [
    'local t = setmetatable({}, {__concat = function(a, b) return a .. b end}) return t .. 1',
    /^overrun|^error: .*overflow|^memory/,
  ],
  'arguments that double': ['local function f(...) return f(..., ...) end f(1)', /^overrun|^error|^memory/],
  'a sort of long strings': [
    'local t = {} for i = 1, 50 do t[i] = ("x"):rep(20000) .. i end while true do pcall(table.sort, t) end',
    /^overrun/,
  ],
  'long strings in quotes': ['local s = ("\\0"):rep(300000) while true do ("%q"):format(s) end', /^overrun/],
  'keys that keep each other alive, weakly': [
    'local m, keys, w = {}, {}, {} for i = 1, 800 do keys[i] = {} w[i] = setmetatable({}, m) end m.__mode = "k" for i = 1, 799 do w[(i * 7) % 800 + 1][keys[i]] = keys[i + 1] end',
    /^$/,
  ],
  'gsub within gsub, deep, with deep patterns': [
    'local p = ("a?"):rep(190) local function f(s) return (("a"):rep(190):gsub("(" .. p .. ")", f)) end return f("a")',
    /^overrun|^error/,
  ],
  'sort within sort, deep': [
    'local function f(a, b) table.sort({1, 2, 3}, f) return a < b end table.sort({1, 2, 3}, f)',
    /^overrun|^error/,
  ],
  'tostring within tostring, deep': [
    'local t = setmetatable({}, {__tostring = function(t) return ("%s"):format(t) end}) return tostring(t)',
    /^overrun|^error/,
  ],
  'pcall within sort within pcall, deep': [
    'local function f() local ok = pcall(table.sort, {1, 2, 3}, f) return ok end return f()',
    /^overrun|^(?:true|false)/,
  ],
  'a long integer for': ['for i = 1, math.maxinteger do end', /^overrun/],
  'random numbers': ['while true do math.random() end', /^overrun/],
  'a coroutine that loops': ['coroutine.wrap(function() while true do end end)()', /^overrun/],
  'loops in coroutines, each caught': [
    'while true do coroutine.resume(coroutine.create(function() pcall(function() while true do end end) end)) end',
    /^overrun: t:1: /,
  ],
  'a loop around a coroutine that yields at once': [
    'local next = coroutine.wrap(function() while true do coroutine.yield() end end) while true do next() end',
    /^overrun/,
  ],
  'two coroutines that hand on to each other': [
    `local one, other
    one = coroutine.wrap(function() while true do coroutine.yield(other()) end end)
    other = coroutine.wrap(function() while true do coroutine.yield() end end)
    while true do one() end`,
    /^overrun/,
  ],
  'coroutines that are left where they yield': [
    'while true do coroutine.wrap(function() coroutine.yield() end)() end',
    /^overrun/,
  ],
  'coroutines that nobody resumes': ['while true do coroutine.create(print or error) end', /^overrun/],
  'coroutines that are all kept': [
    'local all = {} while true do all[#all + 1] = coroutine.create(error) end',
    /^overrun|^memory/,
  ],
  'coroutines in each other, deep': [
    'local function f() return coroutine.resume(coroutine.create(f)) end return f()',
    /^true|^false/,
  ],
  'coroutines in pcall in gsub, deep': [
    `local function f()
      return pcall(string.gsub, "a", "a", function() return coroutine.wrap(f)() end)
    end
    return f()`,
    /^true|^false/,
  ],
  'coroutines that fill their stacks': [
    'while true do coroutine.resume(coroutine.create(function() return table.unpack({}, 1, 150000) end)) end',
    /^overrun/,
  ],
  'much that is handed over': [
    `local function f(...) while true do coroutine.yield(...) end end
    local co, many = coroutine.wrap(f), table.pack(table.unpack({}, 1, 10000))
    while true do co(table.unpack(many, 1, 10000)) end`,
    /^overrun/,
  ],
  'one that an overrun has crossed': [
    `if not kept then
      kept = coroutine.create(function() while true do end end)
      coroutine.resume(kept)
    end
    return coroutine.resume(kept)`,
    /^overrun/,
  ],
  'a handler that loops where a coroutine is closed': [
    `local co = coroutine.create(function()
      local x <close> = setmetatable({}, {__close = function() while true do end end})
      coroutine.yield()
    end)
    coroutine.resume(co)
    pcall(coroutine.close, co)`,
    /^overrun/,
  ],
  'handlers that close coroutines in each other, deep': [
    `local function deep(k, f) if k == 0 then return f() end return select(2, pcall(deep, k - 1, f)) end
    local function chain(n)
      local inner = n > 0 and chain(n - 1)
      local co = coroutine.create(function()
        local x <close> = setmetatable({}, {__close = function()
          deep(150, function() return inner and coroutine.close(inner) end)
        end})
        coroutine.yield()
      end)
      coroutine.resume(co)
      return co
    end
    return coroutine.close(chain(100))`,
    /^true|^overrun/,
  ],
};
