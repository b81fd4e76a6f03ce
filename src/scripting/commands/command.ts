import { luaType } from '../../lua/host/api.ts';
import { CommandError } from '../../lua/host/errors.ts';
import type { Command, LuaStack } from '../../lua/values/stack.ts';
import { type EventName, events } from '../script/events.ts';
import type { ScriptContext } from './context.ts';

/** An event, or the callback of a timer. */
export type Occasion = EventName | 'TIMER';

/** Does its work with the arguments from 2 on: 1 is the table that it was called on. Gives the number of results. */
type Work = (stack: LuaStack, context: ScriptContext) => number;

export type CommandEntry = { readonly on: readonly Occasion[]; readonly run: Work };

/** The commands of one global table of Lua. */
export type CommandTable = Readonly<Record<string, CommandEntry>>;

export const allOccasions: readonly Occasion[] = [...events.map(({ name }) => name), 'TIMER'];

/** Occasions with a connection. */
export const onConnection: readonly Occasion[] = allOccasions.filter(
  (occasion) => !['RULE_INIT', 'RULE_EXIT', 'VS_LISTENER_BIND'].includes(occasion),
);

function described(occasion: Occasion): string {
  return occasion === 'TIMER' ? 'the callback of a timer' : occasion;
}

/** The function of Lua that a command is: refused on other occasions than its own. */
export function commandOf(table: string, name: string, entry: CommandEntry, context: ScriptContext): Command {
  const occasions = new Set(entry.on);
  const full = `${table}:${name}`;
  return (stack) => {
    if (stack.type(1) !== luaType.table) throw new CommandError(`call it with a colon: ${full}()`);
    const { occasion } = context;
    if (!occasions.has(occasion)) {
      const allowed = entry.on.map(described).join(', ');
      throw new CommandError(`${full}() can't be used in ${described(occasion)}, only in ${allowed}`);
    }
    return entry.run(stack, context);
  };
}

/** What a command does without an answer. */
export function answer(stack: LuaStack, value: boolean): number {
  stack.pushBoolean(value);
  return 1;
}

/** Pushes text, or nil for null. */
export function answerText(stack: LuaStack, text: string | null): number {
  if (text === null) stack.pushNil();
  else stack.pushText(text);
  return 1;
}

/** Pushes an integer, or nil for null. */
export function answerInteger(stack: LuaStack, value: number | null): number {
  if (value === null) stack.pushNil();
  else stack.pushInteger(value);
  return 1;
}
