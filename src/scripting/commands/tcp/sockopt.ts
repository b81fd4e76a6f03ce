import type { ConnectionPort, SocketPort } from '../../../enforcer/hooks/connection-port.ts';
import { luaType } from '../../../lua/host/api.ts';
import { LuaError } from '../../../lua/host/errors.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import { answer, answerInteger } from '../command.ts';
import type { ScriptContext } from '../context.ts';
import { type SocketOption, socketOptionNamed, socketOptions } from './socket-options.ts';

const names = socketOptions.map(({ name }) => name).join(', ');
const greatestKind = 255;

/**
 * TCP:sockopt(t): `{op = "get" | "set", message = NAME, value = N}` or `{op = "get", type = KIND}`. A mistake in the
 * call is an error; what the system refuses is false and the reason.
 */
export function sockopt(stack: LuaStack, context: ScriptContext): number {
  stack.expectType(2, luaType.table);
  const operation = textField(stack, 'op');
  if (operation !== 'get' && operation !== 'set')
    throw new LuaError("TCP:sockopt: op must be 'get' or 'set'");
  stack.getField(2, 'type');
  const kind = stack.isAbsent(-1) ? null : stack.integer(-1);
  stack.drop(1);
  const name = textField(stack, 'message');
  if (kind !== null) {
    if (name !== null) throw new LuaError("TCP:sockopt: either 'message' or 'type'");
    return tcpOption(stack, context, operation, kind);
  }
  const option = named(name);
  const port = context.connection?.port ?? context.listener;
  if (port === null) throw new LuaError('TCP:sockopt: there is no socket here');
  return operation === 'get' ? read(stack, context, port, option) : write(stack, context, port, option);
}

function named(name: string | null): SocketOption {
  if (name === null) throw new LuaError("TCP:sockopt: 'message' names the option");
  const option = socketOptionNamed(name);
  if (option === undefined) throw new LuaError(`TCP:sockopt: unknown option '${name}'; there are ${names}`);
  if (option.access === 'none') throw new LuaError(`TCP:sockopt: ${name} is ${option.unit}`);
  return option;
}

function textField(stack: LuaStack, name: string): string | null {
  stack.getField(2, name);
  const text = stack.isAbsent(-1) ? null : stack.text(-1);
  stack.drop(1);
  return text;
}

function read(stack: LuaStack, { side }: ScriptContext, port: SocketPort, option: SocketOption): number {
  return answerInteger(stack, port.getOption(side, option));
}

function write(stack: LuaStack, { side }: ScriptContext, port: SocketPort, option: SocketOption): number {
  if (option.access === 'get') throw new LuaError(`TCP:sockopt: ${option.name} can be read, not set`);
  const value = newValue(stack, option);
  if (value < option.least || value > option.most) {
    const range = `from ${option.least} to ${option.most} (${option.unit})`;
    throw new LuaError(`TCP:sockopt: ${option.name} takes an integer ${range}, not ${value}`);
  }
  const reason = port.setOption(side, option, value);
  if (reason === null) return answer(stack, true);
  stack.pushBoolean(false);
  stack.pushText(reason);
  return 2;
}

function newValue(stack: LuaStack, option: SocketOption): number {
  stack.getField(2, 'value');
  const type = stack.type(-1);
  if (type === luaType.nil) throw new LuaError("TCP:sockopt: to set takes a 'value'");
  const value = type === luaType.boolean && option.most === 1 ? Number(stack.boolean(-1)) : stack.integer(-1);
  stack.drop(1);
  return value;
}

function tcpOption(stack: LuaStack, context: ScriptContext, operation: string, kind: number): number {
  if (operation === 'set') throw new LuaError("TCP:sockopt: 'type' can be read, not set");
  if (kind < 0 || kind > greatestKind) throw new LuaError(`TCP:sockopt: a type from 0 to ${greatestKind}`);
  const port: ConnectionPort | null = context.connection?.port ?? null;
  if (port === null) throw new LuaError('TCP:sockopt: a listener has no options of a SYN');
  const bytes = port.tcpOption(context.side, kind);
  if (bytes === null) stack.pushNil();
  else stack.pushBytes(bytes);
  return 1;
}
