import { BareLuaError } from '../../lua/host/errors.ts';
import type { LuaState } from '../../lua/host/state.ts';
import { keepFunction, makeCallable, pushFunctions } from '../../lua/values/function-table.ts';
import type { HostFunction, LuaStack } from '../../lua/values/stack.ts';
import { type LogLevel, logLevels, type RulesLog } from '../reporting/rules-log.ts';

/** The module of lines that name none, as rules for a later Haka write them. */
const noModule = 'rule';

function levelAt(stack: LuaStack, index: number): LogLevel {
  const name = stack.text(index);
  const level = name === 'warning' ? 'warn' : logLevels.find((known) => known === name);
  if (level === undefined) throw new BareLuaError(`invalid log level '${name}'`);
  return level;
}

/** Logs the arguments from `first` on: a module, a format and what it takes. */
function write(stack: LuaStack, log: RulesLog, format: bigint, level: LogLevel, first: number): number {
  const { count } = stack;
  const hasModule = count > first;
  const module = hasModule ? stack.text(first) : noModule;
  if (!log.isOn(level, module)) return 0;
  stack.pushKept(format);
  const from = hasModule ? first + 1 : first;
  for (let index = from; index <= count; index++) stack.pushCopy(index);
  stack.call(count - from + 1, 1);
  log.log(level, module, stack.text(-1));
  return 0;
}

/** About how many bytes the level of a module takes outside of Lua. */
const nameCost = 256;

/** Pushes the table haka.log, which can be called as well. */
export function pushLog(stack: LuaStack, state: LuaState, log: RulesLog): void {
  const format = keepFunction(state, 'string', 'format');
  const levels = logLevels.map((level): [string, HostFunction] => [
    level,
    (running) => write(running, log, format, level, 1),
  ]);
  const table = pushFunctions(stack, {
    ...Object.fromEntries(levels),
    warning: (running) => write(running, log, format, 'warn', 1),
    setlevel: (running) => {
      if (running.isAbsent(2)) log.setLevel(levelAt(running, 1));
      else {
        const isNew = log.setLevel(levelAt(running, 2), running.text(1));
        if (isNew) state.countHeld(nameCost);
      }
      return 0;
    },
  });
  makeCallable(stack, table, (running) => write(running, log, format, 'info', 2));
}
