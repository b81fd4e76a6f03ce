import { luaType } from '../../lua/host/api.ts';
import { BareLuaError } from '../../lua/host/errors.ts';
import type { LuaState } from '../../lua/host/state.ts';
import type { Functions } from '../../lua/values/function-table.ts';
import type { LuaStack } from '../../lua/values/stack.ts';
import type { Rule, RuleSet } from '../rules/rule-set.ts';
import { type EventType, hookOf } from './events.ts';
import { namesAt } from './name-list.ts';

/** About how many bytes a rule or a group takes outside of Lua. */
const ruleCost = 1024;

function keepAt(stack: LuaStack, state: LuaState, index: number): bigint {
  stack.pushCopy(index);
  return state.keep();
}

/** Makes a table of a rule that is a function alone, as it may be where its group has the hook. */
function wrapFunction(stack: LuaStack, index: number): void {
  if (stack.type(index) !== luaType.function) return;
  stack.pushTable();
  stack.pushCopy(index);
  stack.setField(stack.count - 1, 'eval');
  stack.instance.lua.lua_copy(stack.thread, -1, index);
  stack.drop(1);
}

/** The rule that the table at `index` describes. Its group may have a hook for it. */
function ruleAt(
  stack: LuaStack,
  state: LuaState,
  events: EventType,
  index: number,
  groupHook: string | undefined,
): Rule {
  stack.expectType(index, luaType.table);
  stack.getField(index, 'eval');
  if (stack.type(-1) !== luaType.function) throw new BareLuaError("a rule must have a function 'eval'");
  stack.getField(index, 'hook');
  const event = hookOf(stack, -1, events) ?? groupHook;
  const name = stack.type(-1) === luaType.string ? stack.text(-1) : undefined;
  stack.getField(index, 'hooks');
  const hooks = stack.isAbsent(-1) ? undefined : namesAt(stack, stack.count, "'hooks' of a rule");
  stack.drop(3);
  const wanted = event === undefined ? (hooks ?? (name === undefined ? undefined : [name])) : [event];
  if (wanted === undefined) throw new BareLuaError("a rule must have 'hooks'");
  return { table: keepAt(stack, state, index), hooks: wanted, isLater: event !== undefined };
}

/** haka.rule and haka.rule_group. */
export function ruleFunctions(state: LuaState, rules: RuleSet, events: EventType): Functions {
  return {
    rule: (stack) => {
      rules.add(ruleAt(stack, state, events, 1, undefined));
      state.countHeld(ruleCost);
      stack.setCount(1);
      return 1;
    },
    rule_group: (stack) => {
      stack.expectType(1, luaType.table);
      stack.setCount(1);
      stack.getField(1, 'name');
      const name = stack.isAbsent(-1) ? `group at ${stack.identity(1)}` : stack.text(-1);
      stack.getField(1, 'hook');
      const hook = hookOf(stack, -1, events);
      stack.drop(2);
      const group = rules.addGroup(name, keepAt(stack, state, 1), hook !== undefined);
      stack.pushClosure((running) => {
        if (hook !== undefined) wrapFunction(running, 2);
        rules.add(ruleAt(running, state, events, 2, hook), group);
        state.countHeld(ruleCost);
        return 0;
      }, 0);
      stack.setField(1, 'rule');
      state.countHeld(ruleCost);
      return 1;
    },
  };
}
