import { statusCode } from '../../../lua/host/api.ts';
import { LuaError } from '../../../lua/host/errors.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import type { ScriptContext } from '../context.ts';
import type { GlobalFunction, GlobalTable } from './global.ts';

/** Bytes of a line; the rest is left out. */
const longestLine = 4096;
const [LINE_FEED, CARRIAGE_RETURN] = [10, 13];
const instructionsPerLine = 200;

/** Writes the string on top of the stack, without line ends. Bytes that are not UTF-8 become replacement characters. */
function write(stack: LuaStack, context: ScriptContext, kind: 'debug' | 'log'): number {
  stack.meter.charge(instructionsPerLine);
  const bytes = stack.bytes(-1).subarray(0, longestLine);
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === LINE_FEED || bytes[end - 1] === CARRIAGE_RETURN)) end--;
  context.write(kind, Buffer.from(bytes.subarray(0, end)).toString());
  return 0;
}

/** Calls string.format. Its errors have no position, and get that of the script. */
function format(stack: LuaStack, name: string, count: number): void {
  const { lua } = stack.instance;
  if (lua.lua_pcallk(stack.thread, count, 1, 0, 0, 0) === statusCode.ok) return;
  const message = stack.errorText(-1);
  if (!/^(?:bad argument|invalid) /.test(message)) lua.lua_error(stack.thread);
  throw new LuaError(message.replace(/'(?:string\.)?format'/, `'${name}'`));
}

/** Formats as printf(3) does. Without values to insert, only `%%` is special. */
function formatted(kind: 'debug' | 'log'): GlobalFunction {
  return (stack, context) => {
    const { count } = stack;
    if (count === 0) throw new LuaError(`${kind}: nothing to write`);
    if (count === 1) {
      stack.toText();
      stack.pushText(stack.text(-1).replaceAll('%%', '%'));
    } else {
      if (!stack.reserve(count + 1)) throw new LuaError('too many values to write');
      stack.pushKept(context.format);
      for (let index = 1; index <= count; index++) stack.pushCopy(index);
      format(stack, kind, count);
    }
    return write(stack, context, kind);
  };
}

/** FortiADC Script Reference Guide 8.0.0, "Global commands". print does what debug does, as on FortiWeb. */
export const logging: GlobalTable = {
  debug: formatted('debug'),
  log: formatted('log'),
  print: (stack, context) => {
    const parts = Array.from({ length: stack.count }, (_, index) => stack.tostring(index + 1));
    stack.pushText(parts.join('\t'));
    return write(stack, context, 'debug');
  },
};
