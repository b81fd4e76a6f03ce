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
local threads_of, create, resume, status, yield, error = ...
local Streamed = {}
Streamed.__index = function(self, name)
  local own = Streamed[name]
  if own then return own end
  if name == 'meter' or name == 'iseof' then return self.raw[name] end
  return function(_, ...) return self.raw[name](self.raw, ...) end
end
Streamed.__len = function(self) return #self.raw end
Streamed.__tostring = function(self) return tostring(self.raw) end
local function need(self, count)
  if self.raw:check_available(count) then return end
  self.raw:mark()
  self.isHeld = true
  repeat yield() until self.raw:check_available(count)
  self.raw:unmark()
  self.isHeld = false
end
function Streamed:wait()
  while self.raw:available() == 0 do yield() end
  return false
end
function Streamed:check_available(count)
  need(self, count)
  return true
end
function Streamed:sub(size, ...)
  if size == nil or size == 'available' or size == 'all' then self:wait() else need(self, size) end
  return self.raw:sub(size, ...)
end
function Streamed:advance(count)
  local passed = 0
  while true do
    passed = passed + self.raw:advance(count - passed)
    if passed >= count then return passed end
    yield()
  end
end
function Streamed:foreach_available()
  return function() return self:sub('available') end
end
return function(eval)
  local key = {}
  return function(flow, iter, direction)
    local threads = threads_of(flow)
    local thread = threads[key] and threads[key][direction]
    if not thread then
      local streamed = setmetatable({ raw = iter, isHeld = false }, Streamed)
      thread = { iter = streamed, co = create(function() eval(flow, streamed, direction) end) }
      threads[key] = threads[key] or {}
      threads[key][direction] = thread
    elseif not thread.iter.isHeld then thread.iter.raw = iter end
    if status(thread.co) == 'dead' then return end
    local isWell, problem = resume(thread.co)
    if not isWell then error(problem, 0) end
  end
end`;

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

/** A reference to the function that makes the function of a rule one that is streamed. */
export function keepStreamed(context: RuleContext): bigint {
  const { state, calls } = context;
  calls.load(Buffer.from(source), 'streamed');
  return calls.call(
    (stack) => {
      stack.pushClosure(threadsOf(context), 0);
      for (const name of ['create', 'resume', 'status', 'yield']) pushFunctionOf(state, 'coroutine', name);
      stack.getGlobal('error');
      return 6;
    },
    () => state.keepCopy(),
  );
}
