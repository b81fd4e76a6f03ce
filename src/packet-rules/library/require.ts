import { closeSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { openNamed } from '../../files/named-file.ts';
import { luaType } from '../../lua/host/api.ts';
import { LuaError } from '../../lua/host/errors.ts';
import type { LuaState } from '../../lua/host/state.ts';
import { binaryString, textOfBinary } from '../../lua/values/binary-string.ts';
import type { HostFunction, LuaStack } from '../../lua/values/stack.ts';
import { concatenate } from '../../packets/concatenate.ts';
import { codeOf, messageOf } from '../../text/reason.ts';

/** Pushes the value of a module. */
export type ModuleLoader = (stack: LuaStack) => void;
export type Modules = Readonly<Record<string, ModuleLoader>>;

const mostBytes = 16 * 1024 * 1024;
const chunkBytes = 64 * 1024;
const HASH = 0x23;
const NEWLINE = 0x0a;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** The text of a file of rules, without a byte-order mark and without a first line that begins with `#`. */
export function readRules(path: string): Uint8Array {
  const bytes = readBounded(path);
  const text = byteOrderMark.every((byte, index) => bytes[index] === byte)
    ? bytes.subarray(byteOrderMark.length)
    : bytes;
  if (text[0] !== HASH) return text;
  const end = text.indexOf(NEWLINE);
  return end < 0 ? text.subarray(text.length) : text.subarray(end);
}

/** Reads a file in chunks, as the size of a device or a pipe is not known before. */
function readBounded(path: string): Uint8Array {
  const file = openNamed(path, 'stream');
  try {
    const parts: Uint8Array[] = [];
    for (let length = 0; ; ) {
      const part = new Uint8Array(chunkBytes);
      const count = readSync(file, part);
      if (count === 0) return concatenate(parts);
      parts.push(part.subarray(0, count));
      length += count;
      if (length > mostBytes) throw new Error('larger than a file of rules may be');
    }
  } finally {
    closeSync(file);
  }
}

function findFirst(folders: readonly string[], name: string): string | undefined {
  for (const folder of folders) {
    const found = findModule(folder, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The file of a module in a folder; undefined when there is none inside it. */
function findModule(folder: string, name: string): string | undefined {
  const relative = name.replaceAll('.', '/');
  if (!/^[^\0]+$/.test(relative) || relative.startsWith('/')) return undefined;
  const root = realpathSync(folder);
  const candidates = [name, relative].flatMap((base) => [`${base}.lua`, join(base, 'init.lua')]);
  for (const candidate of candidates) {
    try {
      const path = realpathSync(join(root, candidate));
      if (path.startsWith(root + sep) && statSync(path).isFile()) return join(folder, candidate);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return undefined;
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EACCES'].includes(codeOf(error) ?? '');
}

/**
 * The function `require`: loads each of the given modules, or of the files in those folders, once.
 *
 * @param files gets the paths of those that are read
 */
export function requireFunction(
  state: LuaState,
  folders: readonly string[],
  modules: Modules,
  files: string[],
): HostFunction {
  const loaded = state.prepare((stack) => {
    stack.pushTable();
    return state.keep();
  });
  const loading = new Set<string>();
  return (stack) => {
    const name = stack.text(1);
    stack.setCount(1);
    stack.pushKept(loaded);
    stack.getField(2, name);
    if (!stack.isAbsent(3)) return 1;
    stack.setCount(2);
    if (loading.has(name)) throw new LuaError(`loop or previous error loading module '${name}'`);
    loading.add(name);
    try {
      const module = Object.hasOwn(modules, name) ? modules[name] : undefined;
      if (module === undefined) files.push(runFile(stack, state, folders, name));
      else module(stack);
    } finally {
      loading.delete(name);
    }
    if (stack.isAbsent(3)) {
      stack.setCount(2);
      stack.pushBoolean(true);
    }
    stack.pushCopy(3);
    stack.setField(2, name);
    return 1;
  };
}

/** Runs the file of a module, and leaves its result at index 3. Returns its path. */
function runFile(stack: LuaStack, state: LuaState, folders: readonly string[], name: string): string {
  const path = findFirst(folders, textOfBinary(name));
  if (path === undefined) {
    const others = folders.length > 1 ? ', nor in those of --modules' : '';
    throw new LuaError(
      `module '${name}' not found: no file '${name}.lua' in the folder of the rules${others}`,
    );
  }
  const code = readModule(path, name);
  stack.meter.charge(code.length);
  const failure = state.load(code, binaryString(path));
  if (failure !== null) throw new LuaError(failure.message);
  if (stack.type(3) !== luaType.function) throw new LuaError(`module '${name}' can't be loaded`);
  stack.pushCopy(1);
  stack.call(1, 1);
  return path;
}

function readModule(path: string, name: string): Uint8Array {
  try {
    return readRules(path);
  } catch (error) {
    const reason = messageOf(error);
    throw new LuaError(`module '${name}' can't be read: ${binaryString(reason)}`);
  }
}
