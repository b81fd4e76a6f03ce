import type { LuaState } from '../../lua/state.ts';
import type { ScriptContext } from '../context.ts';
import { type CommandTable, commandOf } from './command.ts';
import { ADDRESSES } from './globals/addresses.ts';
import { CLOCK } from './globals/clock.ts';
import { DIGESTS } from './globals/digests.ts';
import { ENCODINGS } from './globals/encodings.ts';
import type { GlobalTable } from './globals/global.ts';
import { LISTS } from './globals/lists.ts';
import { randomFunctions } from './globals/random.ts';
import { TEXT } from './globals/text.ts';
import { UNAVAILABLE } from './globals/unavailable.ts';
import { URLS } from './globals/urls.ts';
import { IP } from './ip.ts';
import { LB } from './lb.ts';
import { MGM } from './mgm.ts';
import { PROXY } from './proxy.ts';
import { TCP } from './tcp.ts';

/** Every command, by the table of Lua that it is in. */
export const COMMAND_TABLES: Readonly<Record<string, CommandTable>> = { TCP, IP, LB, MGM, PROXY };

/** Every function that is in no table, for one state. */
export const globalTables = (): readonly GlobalTable[] => [
  ADDRESSES,
  LISTS,
  CLOCK,
  DIGESTS,
  ENCODINGS,
  URLS,
  TEXT,
  UNAVAILABLE,
  randomFunctions(),
];

/** Gives the scripts of a state all commands, which act on what `context` says at the time. */
export const installCommands = (state: LuaState, context: ScriptContext): void => {
  state.prepare((stack) => {
    stack.getGlobal('string');
    stack.getField(stack.count, 'format');
    context.format = state.keep();
    stack.drop(1);
    for (const [table, commands] of Object.entries(COMMAND_TABLES)) {
      stack.pushTable();
      const index = stack.count;
      for (const [name, entry] of Object.entries(commands)) {
        stack.pushClosure(commandOf(table, name, entry, context), 0);
        stack.setField(index, name);
      }
      stack.setGlobal(table);
    }
    for (const globals of globalTables()) {
      for (const [name, run] of Object.entries(globals)) {
        stack.pushClosure((running) => run(running, context), 0);
        stack.setGlobal(name);
      }
    }
  });
};
