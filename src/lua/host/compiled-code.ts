import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * Lua 5.4 as wasmoon compiled it. wasmoon's JavaScript is not used: it gives Lua files and an environment, changes bytes
 * of strings, and starts asynchronously.
 */
const lua = 'wasmoon/dist/glue.wasm';

function unsigned(value: number): number[] {
  return [value];
}
function vector(items: readonly number[][]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}
function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}
function text(value: string): number[] {
  return vector([...Buffer.from(value)].map((byte) => [byte]));
}

const I32 = 0x7f;
function signature(parameters: number, results: number): number[] {
  return [
    0x60,
    ...vector(Array<number[]>(parameters).fill([I32])),
    ...vector(Array<number[]>(results).fill([I32])),
  ];
}

/** The functions of the host that Lua calls by pointer. */
const hostCalls = [
  { name: 'call', signature: signature(1, 1) },
  { name: 'hook', signature: signature(2, 0) },
  { name: 'allocate', signature: signature(4, 1) },
] as const;

const FUNCTION = 0;
function asImport({ name }: { name: string }, index: number): number[] {
  return [...text('host'), ...text(name), FUNCTION, index];
}
function asExport({ name }: { name: string }, index: number): number[] {
  return [...text(name), FUNCTION, index];
}

/**
 * A module that imports those three and exports them again. Its exports have a type, so that they may stand in the
 * function table, to which pointers of C lead. (WebAssembly specification 2.0, binary format, 5.5.)
 */
const bridge = new Uint8Array([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, vector(hostCalls.map(({ signature }) => signature))),
  ...section(2, vector(hostCalls.map(asImport))),
  ...section(7, vector(hostCalls.map(asExport))),
]);

let compiled: { readonly lua: WasmModule; readonly bridge: WasmModule } | undefined;

/** The compiled code. Each thread reads and compiles it once, which takes some 7 ms. */
export function luaCode(): { readonly lua: WasmModule; readonly bridge: WasmModule } {
  compiled ??= {
    lua: new WebAssembly.Module(readFileSync(createRequire(import.meta.url).resolve(lua))),
    bridge: new WebAssembly.Module(bridge),
  };
  return compiled;
}
