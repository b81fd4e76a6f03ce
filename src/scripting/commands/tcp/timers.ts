import { luaType } from '../../../lua/host/api.ts';
import { LuaError } from '../../../lua/host/errors.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import type { ArmedTimer } from '../../connection/connection-timers.ts';
import { answer } from '../command.ts';
import { connectionOf, type ScriptContext } from '../context.ts';

const longest = 86_400_000;
const longestName = 63;

/** TCP:after_timer_set(name, milliseconds, periodic): false when there is no global function of that name. */
export function timerSet(stack: LuaStack, context: ScriptContext): number {
  const name = stack.text(2);
  const milliseconds = stack.integer(3);
  stack.expectType(4, luaType.boolean);
  if (name === '' || name.length > longestName) {
    throw new LuaError(`TCP:after_timer_set: a name has 1 to ${longestName} bytes`);
  }
  if (milliseconds < 1 || milliseconds > longest) {
    throw new LuaError(`TCP:after_timer_set: from 1 to ${longest} milliseconds, not ${milliseconds}`);
  }
  const connection = connectionOf(context);
  const isFunction = stack.getGlobal(name) === luaType.function;
  // A connection that is about to end takes no timers.
  if (!isFunction || connection.ending !== null) return answer(stack, false);
  return answer(stack, context.armTimer(connection, name, milliseconds, stack.boolean(4)));
}

/** TCP:after_timer_cancel(name): false when there is no such timer. */
export function timerCancel(stack: LuaStack, context: ScriptContext): number {
  return answer(stack, connectionOf(context).timers?.cancel(stack.text(2)) === true);
}

/** TCP:after_timer_get([name]): a string for one timer, or a table of them; nil when there is none. */
export function timerGet(stack: LuaStack, context: ScriptContext): number {
  const { timers } = connectionOf(context);
  if (!stack.isAbsent(2)) {
    const name = stack.text(2);
    pushTimer(stack, name, timers?.get(name));
    return 1;
  }
  const names = timers?.names() ?? [];
  if (names.length === 0) {
    stack.pushNil();
    return 1;
  }
  stack.pushTable();
  const table = stack.count;
  for (const [index, name] of names.entries()) {
    pushTimer(stack, name, timers?.get(name));
    stack.setElement(table, index + 1);
  }
  return 1;
}

/** FortiADC Script Reference Guide 7.2.7, page 699749, shows the periodic form: `'NAME':1000:periodic`. */
function pushTimer(stack: LuaStack, name: string, timer: ArmedTimer | undefined): void {
  if (timer === undefined) stack.pushNil();
  else stack.pushText(`'${name}':${timer.milliseconds}:${timer.periodic ? 'periodic' : 'once'}`);
}
