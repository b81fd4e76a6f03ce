import { createRequire } from 'node:module';

/** As much of wasmoon's interface as a handler takes. */
type Wasmoon = {
  readonly LuaFactory: new () => {
    createEngine(): Promise<{
      doString(code: string): Promise<unknown>;
      readonly global: { get(name: string): (address: string) => void };
    }>;
  };
};

/** The product takes nothing but Lua's binary from this package; here it is the peer. */
const { LuaFactory }: Wasmoon = createRequire(import.meta.url)('wasmoon');

/** A handler as wasmoon's own interface calls it: with the connection's address as its argument. */
export async function wasmoonHandler(body: string): Promise<(address: string) => void> {
  const engine = await new LuaFactory().createEngine();
  await engine.doString(`function handler(address) ${body} end`);
  return engine.global.get('handler');
}
