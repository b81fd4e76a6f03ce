import type { LuaState } from '../../lua/host/state.ts';
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

/** Gives the scripts of a state all commands, which act on what `context` says at the time. */
export function installCommands(state: LuaState, context: ScriptContext): void {
  state.prepare((stack) => {
    stack.getGlobal('string');
    stack.getField(stack.count, 'format');
    context.format = state.keep();
    stack.drop(1);
    for (const [table, commands] of Object.entries(commandTables)) {
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
}
