import { luaType } from '../../lua/host/api.ts';
import { BareLuaError } from '../../lua/host/errors.ts';
import type { LuaState } from '../../lua/host/state.ts';
import { keepFunction, makeCallable, pushFunctions } from '../../lua/values/function-table.ts';
import type { HostFunction, LuaStack } from '../../lua/values/stack.ts';
import { type LogLevel, logLevels, type RulesLog } from '../reporting/rules-log.ts';

/** The module of lines that name none, as rules for a later Haka write them. */
const noModule = 'rule';

/** The names of levels as constants, whose values are the levels in the order of the original. */
const constants = ['FATAL', 'ERROR', 'WARNING', 'INFO', 'DEBUG'] as const;

/** The level that is named, or numbered, at `index`; undefined when there is none. */
function levelOf(stack: LuaStack, index: number): LogLevel | undefined {
  if (stack.isNumber(index)) return logLevels[stack.number(index)];
  const name = stack.printed(index);
  return name === 'warning' ? 'warn' : logLevels.find((known) => known === name);
}

function levelAt(stack: LuaStack, index: number): LogLevel {
  const level = levelOf(stack, index);
  if (level === undefined) throw new BareLuaError(`invalid log level '${stack.tostring(index)}'`);
  return level;
}

/** A module is a word; what has a blank or a percent sign is the format of a later Haka, whose calls name no module. */
function isModule(stack: LuaStack, index: number): boolean {
  return stack.type(index) !== luaType.string || !/[%\s]/.test(stack.text(index));
}

/** Logs the arguments from `first` on: a module, a format and what it takes. Where it takes nothing `%` stands for itself. */
function write(stack: LuaStack, log: RulesLog, format: bigint, level: LogLevel, first: number): number {
  const { count } = stack;
  const hasModule = count > first && isModule(stack, first);
  const module = hasModule ? stack.textOr(first, noModule) : noModule;
  if (!log.isOn(level, module)) return 0;
  const from = hasModule ? first + 1 : first;
  if (from >= count) {
    log.log(level, module, stack.tostring(from).replaceAll('%%', '%'));
    return 0;
  }
  stack.pushKept(format);
  for (let index = from; index <= count; index++) stack.pushCopy(index);
  stack.call(count - from + 1, 1);
  log.log(level, module, stack.text(-1));
  return 0;
}

/** About how many bytes the level of a module takes outside of Lua. */
const nameCost = 256;

/** haka.log.setlevel([module,] level), or with the module behind the level. */
function setLevel(state: LuaState, log: RulesLog): HostFunction {
  return (stack) => {
    if (stack.isAbsent(2)) {
      log.setLevel(levelAt(stack, 1));
      return 0;
    }
    const isModuleLast = levelOf(stack, 2) === undefined && levelOf(stack, 1) !== undefined;
    const [module, level] = isModuleLast ? [2, 1] : [1, 2];
    if (log.setLevel(levelAt(stack, level), stack.text(module))) state.countHeld(nameCost);
    return 0;
  };
}

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
    message: (running) => write(running, log, format, levelAt(running, 1), 2),
    setlevel: setLevel(state, log),
  });
  for (const [index, name] of constants.entries()) {
    stack.pushNumber(index);
    stack.setField(table, name);
  }
  makeCallable(stack, table, (running) => write(running, log, format, 'info', 2));
}
