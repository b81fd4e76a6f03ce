import type { LuaExports } from './api.ts';
import { luaCode } from './compiled-code.ts';

/** The calls that a Lua state gets while its code runs. */
export type HostCalls = {
  /** A C function was called on this Lua thread. Returns the number of results that it left on the stack. */
  called(thread: number): number;
  /** The count hook fired. */
  counted(): void;
  /** An error of Lua was caught. */
  jumped(): void;
  /** The allocation function of lua_newstate: lua_Alloc in the reference manual. */
  allocate(block: number, oldSize: number, newSize: number): number;
};

/** Unwinds the frames of WebAssembly for longjmp(3), as emscripten does. C frames catch no other error. */
const longJump = new Error('longjmp');

const scratchBytes = 65_536;
const pageBytes = 65_536;
/** Of a pointer, an int and a size_t. */
export const wordBytes = 4;
/** ENOSYS in musl's numbers for WASI. */
const notSupported = 52;

/** Functions of a system that the compiled code may import but never needs: io, os and package are not opened. */
const withheldFunctions = [
  ...['strftime', 'system', '__syscall_openat', '__syscall_fcntl64', '__syscall_ioctl', '__syscall_dup3'],
  ...['__syscall_unlinkat', '__syscall_rmdir', '__syscall_renameat', '__syscall_readlinkat'],
  ...['fd_write', 'fd_read', 'fd_close', 'fd_seek', 'environ_sizes_get', 'environ_get'],
  ...['_mktime_js', '_localtime_js', '_gmtime_js', '_tzset_js', '_emscripten_get_now_is_monotonic'],
];

/** Lua's code with one linear memory, which any number of states share. */
export class LuaInstance {
  readonly lua: LuaExports;
  /** The whole memory. Replaced when it grows, which any call into Lua may cause. */
  bytes: Uint8Array;
  /** A block for the host's own strings on their way into Lua. */
  readonly scratch: number;
  readonly scratchBytes = scratchBytes;
  /** A word that calls write the length of a string to. */
  readonly lengthAt: number;
  /** Pointers to C functions that call the host. */
  readonly hostFunction: number;
  readonly hook: number;
  readonly allocate: number;
  /** The state whose code runs now. */
  running: HostCalls | null = null;
  /** An error has crossed Lua where none may: nothing in this memory can be trusted. */
  broken = false;
  /** By pointer, functions of C that were called under protection: the table makes an object of its own for each question. */
  readonly #called: (WasmFunction | undefined)[] = [];
  readonly #states = new Map<number, HostCalls>();
  #lastState = 0;
  readonly #now: () => number;

  /** @param now milliseconds since 1970, of which Lua makes the seeds of its hashes and of `math.random` */
  constructor(now: () => number = Date.now) {
    this.#now = now;
    const code = luaCode();
    const system = this.#system();
    const instance = new WebAssembly.Instance(code.lua, { env: system, wasi_snapshot_preview1: system });
    this.lua = checked(instance.exports);
    this.bytes = new Uint8Array(this.lua.memory.buffer);
    const bridge = new WebAssembly.Instance(code.bridge, { host: this.#hostCalls() });
    this.hostFunction = this.pointerTo(bridge.exports['call']);
    this.hook = this.pointerTo(bridge.exports['hook']);
    this.allocate = this.pointerTo(bridge.exports['allocate']);
    this.lua.__wasm_call_ctors();
    this.scratch = this.reserve(scratchBytes);
    this.lengthAt = this.reserve(wordBytes);
  }

  /** Adds a state. Returns the number that `allocate` gets for it. */
  enter(state: HostCalls): number {
    this.#lastState++;
    this.#states.set(this.#lastState, state);
    return this.#lastState;
  }

  /** The number of states in it. */
  get size(): number {
    return this.#states.size;
  }

  leave(number: number): void {
    this.#states.delete(number);
  }

  /** Allocates a block, for `lua.free`. @throws Error when memory can't grow */
  reserve(size: number): number {
    const at = this.lua.malloc(size);
    if (at === 0) throw new Error('WebAssembly has no memory left for Lua');
    return at;
  }

  /** Allocates a C string of ASCII characters, for `lua.free`. */
  cString(text: string): number {
    const at = this.reserve(text.length + 1);
    for (let index = 0; index < text.length; index++) this.bytes[at + index] = text.charCodeAt(index);
    this.bytes[at + text.length] = 0;
    return at;
  }

  /** A C string of ASCII characters in the scratch block. The call that gets it must read it first of all. */
  shortLived(text: string): number {
    const length = Math.min(text.length, scratchBytes - 1);
    for (let index = 0; index < length; index++) this.bytes[this.scratch + index] = text.charCodeAt(index);
    this.bytes[this.scratch + length] = 0;
    return this.scratch;
  }

  /** Reads an unsigned 32-bit word. */
  word(at: number): number {
    const { bytes } = this;
    const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
    return (low | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
  }

  /** Writes an unsigned 32-bit word. */
  setWord(at: number, value: number): void {
    const { bytes } = this;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
  }

  /** The characters of a C string, one for each byte. */
  textAt(at: number): string {
    return Buffer.from(this.bytes.buffer, at, this.bytes.indexOf(0, at) - at).toString('latin1');
  }

  pointerTo(call: unknown): number {
    const table = this.lua.__indirect_function_table;
    for (let index = 0; index < table.length; index++) if (table.get(index) === call) return index;
    if (!isCall(call)) throw new TypeError('not a function of WebAssembly');
    const index = table.grow(1);
    table.set(index, call);
    return index;
  }

  #hostCalls(): Record<string, WasmFunction> {
    return {
      call: (thread) => this.running?.called(thread ?? 0) ?? 0,
      hook: () => {
        this.running?.counted();
        return undefined;
      },
      allocate: (state, block, oldSize, newSize) =>
        this.#states.get(state ?? 0)?.allocate(block ?? 0, oldSize ?? 0, newSize ?? 0) ?? 0,
    };
  }

  #system(): Record<string, WasmFunction> {
    const withheld = withheldFunctions.map((name) => [name, () => notSupported] as const);
    const stop = (): never => {
      this.broken = true;
      throw new Error('Lua has aborted');
    };
    return {
      ...Object.fromEntries(withheld),
      abort: stop,
      exit: stop,
      emscripten_date_now: () => this.#now(),
      emscripten_resize_heap: (size) => this.#grow(size ?? 0),
      _emscripten_throw_longjmp: () => {
        throw longJump;
      },
      invoke_vii: (call, first, second) => this.#invoke(call ?? 0, first ?? 0, second ?? 0),
    };
  }

  /** Calls a function under the protection of setjmp(3). */
  #invoke(call: number, first: number, second: number): undefined {
    const { lua } = this;
    const stack = lua.stackSave();
    try {
      this.#functionAt(call)(first, second);
    } catch (error) {
      lua.stackRestore(stack);
      if (error !== longJump) throw error;
      this.running?.jumped();
      lua.setThrew(1, 0);
    }
    return undefined;
  }

  #functionAt(pointer: number): WasmFunction {
    const known = this.#called[pointer];
    if (known !== undefined) return known;
    const found = this.lua.__indirect_function_table.get(pointer);
    this.#called[pointer] = found;
    return found;
  }

  #grow(size: number): number {
    const { memory } = this.lua;
    const missing = size - memory.buffer.byteLength;
    try {
      if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
    } catch {
      return 0;
    }
    this.bytes = new Uint8Array(memory.buffer);
    return 1;
  }
}

function isCall(value: unknown): value is WasmFunction {
  return typeof value === 'function';
}

/** Exports whose presence tells this build of Lua from others. */
const proof = [
  'lua_newstate',
  'lua_pcallk',
  'lua_resume',
  'lua_sethook',
  'luaopen_base',
  'setThrew',
  'realloc',
];

function isLua(exports: Readonly<Record<string, unknown>>): exports is LuaExports {
  return proof.every((name) => typeof exports[name] === 'function');
}

function checked(exports: Readonly<Record<string, unknown>>): LuaExports {
  if (!isLua(exports)) throw new Error('the Lua that is installed is not the one that this was written for');
  return exports;
}
