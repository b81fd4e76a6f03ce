import type { LuaState } from '../../lua/host/state.ts';
import {
  type Functions,
  keepFunction,
  makeEmpty,
  pushFunctions,
  setGlobals,
} from '../../lua/values/function-table.ts';
import type { HostFunction } from '../../lua/values/stack.ts';
import { foreignCommands, foreignTables } from '../script/foreign.ts';
import { type CommandTable, commandOf } from './command.ts';
import type { ScriptContext } from './context.ts';
import { addresses } from './globals/addresses.ts';
import { clock } from './globals/clock.ts';
import { digests } from './globals/digests.ts';
import { encodings } from './globals/encodings.ts';
import type { GlobalTable } from './globals/global.ts';
import { lists } from './globals/lists.ts';
import { logging } from './globals/logging.ts';
import { randomFunctions } from './globals/random.ts';
import { tables } from './globals/tables.ts';
import { unavailable } from './globals/unavailable.ts';
import { urls } from './globals/urls.ts';
import { idle } from './idle.ts';
import { ip } from './tables/ip.ts';
import { lb } from './tables/lb.ts';
import { mgm } from './tables/mgm.ts';
import { proxy } from './tables/proxy.ts';
import { tcp } from './tables/tcp.ts';

/** All commands, by their table in Lua. */
export const commandTables: Readonly<Record<string, CommandTable>> = {
  TCP: tcp,
  IP: ip,
  LB: lb,
  MGM: mgm,
  PROXY: proxy,
};

/** All global functions, for one state. */
export function globalTables(): readonly GlobalTable[] {
  return [addresses, lists, clock, digests, encodings, urls, logging, tables, unavailable, randomFunctions()];
}

/** Commands of a table that only others have. */
function foreignIn(table: string): Functions {
  const prefix = `${table}:`;
  return Object.fromEntries(
    [...foreignCommands]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, reason]) => [name.slice(prefix.length), (stack) => idle(stack, reason)]),
  );
}

function functionsOf<Entry>(
  table: Readonly<Record<string, Entry>>,
  commandFor: (entry: Entry, name: string) => HostFunction,
): Functions {
  return Object.fromEntries(Object.entries(table).map(([name, entry]) => [name, commandFor(entry, name)]));
}

/** Installs all commands in a state. They act on what `context` holds when they are called. */
export function installCommands(state: LuaState, context: ScriptContext): void {
  state.prepare((stack) => {
    context.format = keepFunction(state, 'string', 'format');
    for (const [table, commands] of Object.entries(commandTables)) {
      pushFunctions(stack, {
        ...foreignIn(table),
        ...functionsOf(commands, (entry, name) => commandOf(table, name, entry, context)),
      });
      stack.setGlobal(table);
    }
    for (const [table, reason] of foreignTables) {
      makeEmpty(stack, pushFunctions(stack, {}), (running) => idle(running, reason));
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
