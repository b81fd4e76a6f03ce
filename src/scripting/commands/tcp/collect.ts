import type { DataEnd } from '../../../enforcer/hooks/data-end.ts';
import { luaType } from '../../../lua/host/api.ts';
import { LuaError } from '../../../lua/host/errors.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import { Collecting, hasCome, type Wanted } from '../../connection/collecting.ts';
import { connectionOf, type ScriptContext } from '../context.ts';

/** As many bytes of a client as are kept before its server is connected. */
const mostBytes = 65_536;
const longestPattern = 255;
const usualWait = 3000;
const longestWait = 60_000;

const reasons: Readonly<Record<DataEnd, string>> = { ended: 'end', late: 'timeout', full: 'full' };

/**
 * TCP:collect(size [, wait]) or TCP:collect{size =, pattern =, wait =}: true where it is there; false where it is waited
 * for, and STREAM_CLIENT_INIT comes again; nil and why where it does not come any more.
 */
export function collect(stack: LuaStack, context: ScriptContext): number {
  const { wanted, wait } = stack.type(2) === luaType.table ? ofTable(stack) : ofNumbers(stack);
  const connection = connectionOf(context);
  const sofar = context.data ?? new Uint8Array();
  if (hasCome(wanted, sofar)) {
    stack.pushBoolean(true);
    return 1;
  }
  if (context.dataEnd !== null) {
    stack.pushNil();
    stack.pushText(reasons[context.dataEnd]);
    return 2;
  }
  connection.collecting.push(new Collecting(wanted, sofar));
  connection.port.awaitWithin(wait);
  stack.pushBoolean(false);
  return 1;
}

type Arguments = { readonly wanted: Wanted; readonly wait: number };

function ofNumbers(stack: LuaStack): Arguments {
  return { wanted: sizeOf(stack.integer(2)), wait: waitOf(stack.integerOr(3, usualWait)) };
}

function ofTable(stack: LuaStack): Arguments {
  const size = field(stack, 'size', () => stack.integer(-1));
  const pattern = field(stack, 'pattern', () => stack.bytes(-1));
  const wait = field(stack, 'wait', () => stack.integer(-1));
  const wanted = pattern ?? size;
  if (wanted === null || (pattern !== null && size !== null))
    throw new LuaError("TCP:collect: either 'size' or 'pattern'");
  return {
    wanted: typeof wanted === 'number' ? sizeOf(wanted) : patternOf(wanted),
    wait: waitOf(wait ?? usualWait),
  };
}

function field<Value>(stack: LuaStack, name: string, read: () => Value): Value | null {
  stack.getField(2, name);
  const value = stack.isAbsent(-1) ? null : read();
  stack.drop(1);
  return value;
}

function patternOf(pattern: Uint8Array): Uint8Array {
  if (pattern.length === 0 || pattern.length > longestPattern)
    throw new LuaError(`TCP:collect: a pattern of 1 to ${longestPattern} bytes, not ${pattern.length}`);
  return pattern;
}

function sizeOf(size: number): number {
  if (size < 1 || size > mostBytes)
    throw new LuaError(`TCP:collect: from 1 to ${mostBytes} bytes, not ${size}`);
  return size;
}

function waitOf(wait: number): number {
  if (wait < 1 || wait > longestWait)
    throw new LuaError(`TCP:collect: from 1 to ${longestWait} milliseconds, not ${wait}`);
  return wait;
}
