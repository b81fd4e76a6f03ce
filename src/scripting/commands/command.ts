import { CommandError } from '../../lua/errors.ts';
import { TYPE } from '../../lua/exports.ts';
import type { Command, LuaStack } from '../../lua/stack.ts';
import type { ScriptContext } from '../context.ts';
import { EVENTS, type EventName } from '../script/events.ts';

/** An event, or the callback of a timer. */
export type Occasion = EventName | 'TIMER';

/** Does its work with the arguments from 2 on: 1 is the table that it was called on. Gives the number of results. */
type Work = (stack: LuaStack, context: ScriptContext) => number;

export type CommandEntry = { readonly on: readonly Occasion[]; readonly run: Work };

/** The commands of one global table of Lua. */
export type CommandTable = Readonly<Record<string, CommandEntry>>;

export const OCCASIONS: readonly Occasion[] = [...EVENTS.map(({ name }) => name), 'TIMER'];

/** Occasions with a connection. */
export const ON_CONNECTION: readonly Occasion[] = OCCASIONS.filter(
  (occasion) => !['RULE_INIT', 'RULE_EXIT', 'VS_LISTENER_BIND'].includes(occasion),
);

const described = (occasion: Occasion): string =>
  occasion === 'TIMER' ? 'the callback of a timer' : occasion;

/** The function of Lua that a command is: refused on other occasions than its own. */
export const commandOf = (
  table: string,
  name: string,
  entry: CommandEntry,
  context: ScriptContext,
): Command => {
  const occasions = new Set(entry.on);
  const full = `${table}:${name}`;
  return (stack) => {
    if (stack.type(1) !== TYPE.table) throw new CommandError(`call it with a colon: ${full}()`);
    const { occasion } = context;
    if (!occasions.has(occasion)) {
      const allowed = entry.on.map(described).join(', ');
      throw new CommandError(`${full}() can't be used in ${described(occasion)}, only in ${allowed}`);
    }
    return entry.run(stack, context);
  };
};

/** What a command does without an answer. */
export const answer = (stack: LuaStack, value: boolean): number => {
  stack.pushBoolean(value);
  return 1;
};

/** Pushes text, or nil for null. */
export const answerText = (stack: LuaStack, text: string | null): number => {
  if (text === null) stack.pushNil();
  else stack.pushText(text);
  return 1;
};

/** Pushes an integer, or nil for null. */
export const answerInteger = (stack: LuaStack, value: number | null): number => {
  if (value === null) stack.pushNil();
  else stack.pushInteger(value);
  return 1;
};
