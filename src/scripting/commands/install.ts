import type { LuaState } from '../../lua/host/state.ts';
import { type Functions, keepFunction, pushFunctions, setGlobals } from '../../lua/values/function-table.ts';
import type { Command } from '../../lua/values/stack.ts';
import { type CommandTable, commandOf } from './command.ts';
import type { ScriptContext } from './context.ts';
import { addresses } from './globals/addresses.ts';
import { clock } from './globals/clock.ts';
import { digests } from './globals/digests.ts';
import { encodings } from './globals/encodings.ts';
import type { GlobalTable } from './globals/global.ts';
import { lists } from './globals/lists.ts';
import { randomFunctions } from './globals/random.ts';
import { textFunctions } from './globals/text.ts';
import { unavailable } from './globals/unavailable.ts';
import { urls } from './globals/urls.ts';
import { ip } from './tables/ip.ts';
import { lb } from './tables/lb.ts';
import { mgm } from './tables/mgm.ts';
import { proxy } from './tables/proxy.ts';
import { tcp } from './tables/tcp.ts';

/** Every command, by the table of Lua that it is in. */
export const commandTables: Readonly<Record<string, CommandTable>> = {
  TCP: tcp,
  IP: ip,
  LB: lb,
  MGM: mgm,
  PROXY: proxy,
};

/** Every function that is in no table, for one state. */
export function globalTables(): readonly GlobalTable[] {
  return [addresses, lists, clock, digests, encodings, urls, textFunctions, unavailable, randomFunctions()];
}

function functionsOf<Entry>(
  table: Readonly<Record<string, Entry>>,
  commandFor: (entry: Entry, name: string) => Command,
): Functions {
  return Object.fromEntries(Object.entries(table).map(([name, entry]) => [name, commandFor(entry, name)]));
}

/** Gives the scripts of a state all commands, which act on what `context` says at the time. */
export function installCommands(state: LuaState, context: ScriptContext): void {
  state.prepare((stack) => {
    context.format = keepFunction(state, 'string', 'format');
    for (const [table, commands] of Object.entries(commandTables)) {
      pushFunctions(
        stack,
        functionsOf(commands, (entry, name) => commandOf(table, name, entry, context)),
      );
      stack.setGlobal(table);
    }
    for (const globals of globalTables()) {
      setGlobals(
        stack,
        functionsOf(globals, (run) => (running) => run(running, context)),
      );
    }
  });
}
