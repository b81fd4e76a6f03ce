import { luaType } from '../../lua/host/api.ts';
import { BareLuaError } from '../../lua/host/errors.ts';
import { binaryString } from '../../lua/values/binary-string.ts';
import { type Functions, pushFunctions } from '../../lua/values/function-table.ts';
import type { LuaStack } from '../../lua/values/stack.ts';
import { LuaDissector } from '../dissectors/lua-dissector.ts';
import { bufferFunction } from '../objects/values/buffer.ts';
import { pushTime } from '../objects/values/time.ts';
import { RuleError } from '../rules/errors.ts';
import type { RuleContext } from '../rules/rule-context.ts';
import { pushAlert } from './alert-functions.ts';
import { laterFunctions, pushAbsentTables, pushDissectors } from './later-versions.ts';
import { pushLog } from './log-functions.ts';
import { namesAt } from './name-list.ts';
import { ruleFunctions } from './rule-functions.ts';

/** About how many bytes a dissector, its name or a function for the end takes outside of Lua. */
const heldCost = 512;

const modes = { NORMAL: 0, PASSTHROUGH: 1 } as const;

function dissectorFunctions({ state, calls, objects, engine, reader }: RuleContext): Functions {
  return {
    dissector: (stack) => {
      stack.expectType(1, luaType.table);
      stack.setCount(1);
      stack.getField(1, 'type');
      if (!stack.isAbsent(-1))
        throw new BareLuaError('dissectors with a type, of later versions, are not there');
      stack.setCount(1);
      stack.getField(1, 'name');
      const name = stack.text(2);
      stack.getField(1, 'dissect');
      if (stack.type(3) !== luaType.function) throw new BareLuaError("a dissector must have 'dissect'");
      stack.getField(1, 'hooks');
      const hooks = stack.isAbsent(4) ? [] : namesAt(stack, 4, "'hooks' of a dissector");
      stack.setCount(1);
      engine.register(new LuaDissector(name, hooks, state.keepCopy(), calls, objects, reader));
      state.countHeld(heldCost);
      return 1;
    },
    disable_dissector: (stack) => {
      if (engine.disable(stack.text(1))) state.countHeld(heldCost);
      return 0;
    },
    rule_hook: (stack) => {
      const hook = stack.text(1);
      stack.setCount(2);
      let isValid = false;
      try {
        const data = reader.read(stack);
        if (data === undefined) throw new RuleError('rule_hook needs a packet');
        isValid = engine.runHook(hook, data);
      } catch (error) {
        if (!(error instanceof RuleError)) throw error;
        throw new BareLuaError(error.message);
      }
      stack.pushBoolean(isValid);
      return 1;
    },
  };
}

function packetFunctions({ objects, packets, isPassThrough }: RuleContext): Functions {
  return {
    new: (stack) => {
      const raw = packets.create(stack.integerOr(1, 0));
      stack.meter.chargeBytes(raw.bytes.length);
      objects.push(stack, raw);
      return 1;
    },
    mode: (stack) => {
      stack.pushNumber(isPassThrough ? modes.PASSTHROUGH : modes.NORMAL);
      return 1;
    },
  };
}

/** Sets the global table haka. */
export function installHaka(stack: LuaStack, context: RuleContext): void {
  const { state, engine, exits, types, objects, packets, folders, log, alerts } = context;
  const table = pushFunctions(stack, {
    ...ruleFunctions(context),
    ...laterFunctions(types.events),
    ...dissectorFunctions(context),
    rule_summary: () => {
      engine.logRules();
      return 0;
    },
    on_exit: (running) => {
      running.expectType(1, luaType.function);
      running.pushCopy(1);
      exits.push(state.keep());
      state.countHeld(heldCost);
      return 0;
    },
    current_thread: (running) => {
      running.pushNumber(0);
      return 1;
    },
    buffer: bufferFunction(types.buffers),
    vbuffer_allocate: bufferFunction(types.buffers),
    vbuffer_from: (running) => {
      types.buffers.push(running, running.bytes(1));
      return 1;
    },
    time: (running) => {
      const { seconds, nanoseconds } = packets.moment;
      if (running.isAbsent(1)) pushTime(running, types.times, seconds, nanoseconds);
      else {
        const given = running.number(1);
        const whole = Math.floor(given);
        pushTime(running, types.times, whole, Math.round((given - whole) * 1_000_000_000));
      }
      return 1;
    },
    module_path: (running) => {
      running.pushText(folders.map((folder) => `${binaryString(folder)}/*`).join(';'));
      return 1;
    },
  });
  pushLog(stack, state, log);
  stack.setField(table, 'log');
  pushAlert(stack, objects, alerts);
  stack.setField(table, 'alert');
  const packetTable = pushFunctions(stack, packetFunctions(context));
  for (const [name, mode] of Object.entries(modes)) {
    stack.pushNumber(mode);
    stack.setField(packetTable, name);
  }
  stack.setField(table, 'packet');
  pushDissectors(stack);
  stack.setField(table, 'dissectors');
  pushAbsentTables(stack, table);
  stack.setGlobal('haka');
}
