import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * Lua 5.4 as wasmoon compiled it. Only the code is taken: wasmoon's own JavaScript gives it files, an environment and
 * strings that do not survive as bytes, and takes a promise to begin.
 */
const LUA = 'wasmoon/dist/glue.wasm';

const unsigned = (value: number): number[] => [value];
const vector = (items: readonly number[][]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...unsigned(content.length),
  ...content,
];
const text = (value: string): number[] => vector([...Buffer.from(value)].map((byte) => [byte]));

const I32 = 0x7f;
const signature = (parameters: number, results: number): number[] => [
  0x60,
  ...vector(Array<number[]>(parameters).fill([I32])),
  ...vector(Array<number[]>(results).fill([I32])),
];

/** What Lua calls in the host, by pointer. */
const HOST_CALLS = [
  { name: 'command', signature: signature(1, 1) },
  { name: 'hook', signature: signature(2, 0) },
  { name: 'allocate', signature: signature(4, 1) },
] as const;

const FUNCTION = 0;
const asImport = ({ name }: { name: string }, index: number): number[] => [
  ...text('host'),
  ...text(name),
  FUNCTION,
  index,
];
const asExport = ({ name }: { name: string }, index: number): number[] => [...text(name), FUNCTION, index];

/**
 * A module that imports those three and exports them again: what it exports has a type, so that it may stand in the
 * function table, where a pointer of C leads. (WebAssembly specification 2.0, binary format, 5.5.)
 */
const BRIDGE = new Uint8Array([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, vector(HOST_CALLS.map(({ signature }) => signature))),
  ...section(2, vector(HOST_CALLS.map(asImport))),
  ...section(7, vector(HOST_CALLS.map(asExport))),
]);

let compiled: { readonly lua: WasmModule; readonly bridge: WasmModule } | undefined;

/** The compiled code, read and compiled once in each thread: some 7 ms. */
export const luaCode = (): { readonly lua: WasmModule; readonly bridge: WasmModule } => {
  compiled ??= {
    lua: new WebAssembly.Module(readFileSync(createRequire(import.meta.url).resolve(LUA))),
    bridge: new WebAssembly.Module(BRIDGE),
  };
  return compiled;
};
