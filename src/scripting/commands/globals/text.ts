import { luaType, statusCode } from '../../../lua/host/api.ts';
import { CommandError } from '../../../lua/host/errors.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import type { ScriptContext } from '../context.ts';
import type { GlobalFunction, GlobalTable } from './global.ts';

const deepest = 32;
/** Bytes of which the log makes what it can. */
const longestLine = 4096;
const [LINE_FEED, CARRIAGE_RETURN] = [10, 13];
const instructionsPerLine = 200;
const longestTable = 65_536;

/** What a script writes is text; bytes that are none become replacement characters. */
function write(stack: LuaStack, context: ScriptContext, kind: 'debug' | 'log'): number {
  stack.meter.charge(instructionsPerLine);
  const bytes = stack.bytes(-1).subarray(0, longestLine);
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === LINE_FEED || bytes[end - 1] === CARRIAGE_RETURN)) end--;
  context.write(kind, Buffer.from(bytes.subarray(0, end)).toString());
  return 0;
}

/** Calls string.format for a script: its errors have no line of their own, and get that of the script. */
function format(stack: LuaStack, name: string, count: number): void {
  const { lua } = stack.instance;
  if (lua.lua_pcallk(stack.thread, count, 1, 0, 0, 0) === statusCode.ok) return;
  const message = stack.errorText(-1);
  if (!/^(?:bad argument|invalid) /.test(message)) lua.lua_error(stack.thread);
  throw new CommandError(message.replace(/'(?:string\.)?format'/, `'${name}'`));
}

/** Written like printf(3); a single argument has nothing to put in, so that only `%%` is special. */
function formatted(kind: 'debug' | 'log'): GlobalFunction {
  return (stack, context) => {
    const { count } = stack;
    if (count === 0) throw new CommandError(`${kind}: nothing to write`);
    if (count === 1) {
      stack.toText();
      stack.pushText(stack.text(-1).replaceAll('%%', '%'));
    } else {
      if (!stack.reserve(count + 1)) throw new CommandError('too many values to write');
      stack.pushKept(context.format);
      for (let index = 1; index <= count; index++) stack.pushCopy(index);
      format(stack, kind, count);
    }
    return write(stack, context, kind);
  };
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replace(/[^\x20-\x7e]/g, (character) => `\\${String(character.charCodeAt(0)).padStart(3, '0')}`)}"`;
}

/** Lua that gives the same value, keys in the order of their text. */
function written(stack: LuaStack, index: number, depth: number): string {
  stack.meter.charge(4);
  const type = stack.type(index);
  if (type === luaType.string) {
    stack.meter.charge(stack.rawLength(index));
    return quoted(stack.text(index));
  }
  if (type === luaType.boolean) return String(stack.boolean(index));
  if (type !== luaType.table) return stack.printed(index) ?? stack.typeName(index);
  if (depth >= deepest) throw new CommandError(`a table that nests deeper than ${deepest}, or holds itself`);
  if (!stack.reserve(4)) throw new CommandError('stack overflow');
  const parts: string[] = [];
  let size = 0;
  stack.pushNil();
  while (stack.next(index)) {
    const key = stack.count - 1;
    const part = `[${written(stack, key, depth + 1)}]=${written(stack, key + 1, depth + 1)}`;
    size += part.length;
    if (size > longestTable) throw new CommandError(`a table of more than ${longestTable} bytes`);
    parts.push(part);
    stack.drop(1);
  }
  stack.meter.charge(parts.length);
  return `{${parts.sort().join(',')}}`;
}

/** FortiADC Script Reference Guide 8.0.0, "Global commands"; print writes what debug writes, as on FortiWeb. */
export const textFunctions: GlobalTable = {
  debug: formatted('debug'),
  log: formatted('log'),
  print: (stack, context) => {
    const parts = Array.from({ length: stack.count }, (_, index) => stack.tostring(index + 1));
    stack.pushText(parts.join('\t'));
    return write(stack, context, 'debug');
  },
  table_to_string: (stack) => {
    stack.expectType(1, luaType.table);
    stack.pushText(written(stack, 1, 0));
    return 1;
  },
};
