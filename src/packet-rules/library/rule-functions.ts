import { luaType } from '../../lua/host/api.ts';
import { BareLuaError } from '../../lua/host/errors.ts';
import type { LuaState } from '../../lua/host/state.ts';
import type { Functions } from '../../lua/values/function-table.ts';
import type { LuaStack } from '../../lua/values/stack.ts';
import type { RuleContext } from '../rules/rule-context.ts';
import type { Rule } from '../rules/rule-set.ts';
import { type EventType, hookOf } from './events.ts';
import { namesAt } from './name-list.ts';
import { keepStreamed } from './streamed-rules.ts';

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

/** What the table of a rule at `index` says. Its group may have a hook for it. */
function describedRule(
  stack: LuaStack,
  events: EventType,
  index: number,
  groupHook: string | undefined,
): Omit<Rule, 'table'> {
  stack.expectType(index, luaType.table);
  stack.getField(index, 'eval');
  if (stack.type(-1) !== luaType.function) throw new BareLuaError("a rule must have a function 'eval'");
  stack.getField(index, 'on');
  const on = hookOf(stack, -1, events);
  stack.drop(1);
  stack.getField(index, 'hook');
  const event = on ?? hookOf(stack, -1, events) ?? groupHook;
  const name = stack.type(-1) === luaType.string ? stack.text(-1) : undefined;
  stack.getField(index, 'hooks');
  const hooks = stack.isAbsent(-1) ? undefined : namesAt(stack, stack.count, "'hooks' of a rule");
  stack.drop(3);
  const wanted = event === undefined ? (hooks ?? (name === undefined ? undefined : [name])) : [event];
  if (wanted === undefined) throw new BareLuaError("a rule must have 'hooks'");
  return { hooks: wanted, isLater: event !== undefined };
}

/** Whether a rule has `options = { streamed = true }`. */
function isStreamed(stack: LuaStack, index: number): boolean {
  stack.getField(index, 'options');
  const hasOptions = stack.type(-1) === luaType.table;
  if (hasOptions) stack.getField(stack.count, 'streamed');
  const is = hasOptions && stack.boolean(-1);
  stack.drop(hasOptions ? 2 : 1);
  return is;
}

/** haka.rule and haka.rule_group. */
export function ruleFunctions(context: RuleContext): Functions {
  const { state, rules } = context;
  const { events } = context.types;
  /** Puts a table whose function waits for data in the place of the rule at `index`. */
  const makeStreamed = (stack: LuaStack, index: number): void => {
    context.streamed ??= keepStreamed(context);
    stack.pushTable();
    const table = stack.count;
    stack.pushKept(context.streamed);
    stack.getField(index, 'eval');
    stack.call(1, 1);
    stack.setField(table, 'eval');
    stack.instance.lua.lua_copy(stack.thread, table, index);
    stack.drop(1);
  };
  const ruleAt = (stack: LuaStack, index: number, groupHook?: string): Rule => {
    const rule = describedRule(stack, events, index, groupHook);
    if (rule.isLater && isStreamed(stack, index)) makeStreamed(stack, index);
    return { ...rule, table: keepAt(stack, state, index) };
  };
  return {
    rule: (stack) => {
      rules.add(ruleAt(stack, 1));
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
        rules.add(ruleAt(running, 2, hook), group);
        state.countHeld(ruleCost);
        return 0;
      }, 0);
      stack.setField(1, 'rule');
      state.countHeld(ruleCost);
      return 1;
    },
  };
}
