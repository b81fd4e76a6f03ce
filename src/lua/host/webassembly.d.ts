/** The part of the WebAssembly API that the Lua host uses; TypeScript has its types only among those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, WasmFunction>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

/** Compiled code, without any memory: it can make any number of instances. */
type WasmModule = { readonly __wasmModule: never };

type WasmFunction = (...values: number[]) => number | undefined;
