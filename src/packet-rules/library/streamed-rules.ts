import type { LuaState } from '../../lua/host/state.ts';
import type { HostFunction } from '../../lua/values/stack.ts';
import { TcpFlow } from '../objects/connections/tcp-flow.ts';
import type { RuleContext } from '../rules/rule-context.ts';

/**
 * Rules with `options = { streamed = true }`: their function runs once for each direction of a connection, in a
 * coroutine, with an iterator whose methods wait for data. It is the one thing of ours that is written in Lua, as
 * only Lua can wait in the middle of a call.
 */
const source = `
local threads_of, create, resume, status, yield, error, next, type = ...
local Streamed = {}
local available
Streamed.__index = function(self, name)
  local own = Streamed[name]
  if own then return own end
  if name == 'meter' then return self.raw[name] end
  if name == 'iseof' then return self.isOver and available(self) == 0 end
  return function(_, ...) return self.raw[name](self.raw, ...) end
end
Streamed.__len = function(self) return #self.raw end
Streamed.__tostring = function(self) return tostring(self.raw) end
available = function(self)
  if self.isOver then return 0 end
  return self.raw:available()
end
local function need(self, count)
  if available(self) >= count then return true end
  if self.isOver then return false end
  self.raw:mark()
  self.isHeld = true
  repeat yield() until self.isOver or available(self) >= count
  if self.isOver then return false end
  self.raw:unmark()
  self.isHeld = false
  return true
end
Streamed.available = available
function Streamed:wait()
  while available(self) == 0 do
    if self.isOver then return true end
    yield()
  end
  return false
end
function Streamed:check_available(count)
  if need(self, count) then return true end
  return false, available(self)
end
function Streamed:sub(size, ...)
  if size == nil or size == 'available' or size == 'all' then
    if self:wait() then return nil end
  elseif not need(self, size) then return nil end
  return self.raw:sub(size, ...)
end
function Streamed:advance(count)
  local passed = 0
  while available(self) > 0 or not self.isOver do
    passed = passed + self.raw:advance(count - passed)
    if passed >= count then break end
    yield()
  end
  return passed
end
function Streamed:foreach_available()
  return function() return self:sub('available') end
end
local function run(thread)
  if status(thread.co) == 'dead' then return end
  local isWell, problem = resume(thread.co)
  if not isWell then error(problem, 0) end
end
local function stream(eval)
  local key = {}
  return function(flow, iter, direction)
    local threads = threads_of(flow)
    local thread = threads[key] and threads[key][direction]
    if not thread then
      local streamed = setmetatable({ raw = iter, isHeld = false, isOver = false }, Streamed)
      thread = { iter = streamed, co = create(function() eval(flow, streamed, direction) end) }
      threads[key] = threads[key] or {}
      threads[key][direction] = thread
    elseif not thread.iter.isHeld then thread.iter.raw = iter end
    run(thread)
  end
end
local function finish(threads)
  for _, directions in next, threads do
    for _, thread in next, directions do
      thread.iter.isOver = true
      run(thread)
    end
  end
end
return function(what) if type(what) == 'function' then return stream(what) end return finish(what) end`;

/** The table of the coroutines of the connection of the flow at 1. */
function threadsOf({ objects, state }: RuleContext): HostFunction {
  return (stack) => {
    const { tracked } = objects.at(stack, 1, TcpFlow);
    if (tracked.threads === undefined) {
      stack.pushTable();
      tracked.threads = state.keep();
      tracked.releases.push(() => {
        if (tracked.threads !== undefined) state.release(tracked.threads);
        tracked.threads = undefined;
      });
    }
    stack.pushKept(tracked.threads);
    return 1;
  };
}

function pushFunctionOf(state: LuaState, library: string, name: string): void {
  const { stack } = state;
  stack.getGlobal(library);
  stack.getField(stack.count, name);
  stack.swap();
  stack.drop(1);
}

/**
 * A reference to the function that makes the function of a rule one that is streamed, and that tells those of the
 * connection whose table it gets that nothing more will come.
 */
export function keepStreamed(context: RuleContext): bigint {
  const { state, calls } = context;
  calls.load(Buffer.from(source), 'streamed');
  return calls.call(
    (stack) => {
      stack.pushClosure(threadsOf(context), 0);
      for (const name of ['create', 'resume', 'status', 'yield']) pushFunctionOf(state, 'coroutine', name);
      for (const name of ['error', 'next', 'type']) stack.getGlobal(name);
      return 8;
    },
    () => state.keepCopy(),
  );
}
