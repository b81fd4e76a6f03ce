import { createRequire } from 'node:module';

/** The product takes nothing but Lua's binary from this package; here it is the peer. */
const { LuaFactory }: typeof import('wasmoon') = createRequire(import.meta.url)('wasmoon');

/** A handler as wasmoon's own interface calls it: with the connection's address as its argument. */
export async function wasmoonHandler(body: string): Promise<(address: string) => void> {
  const engine = await new LuaFactory().createEngine();
  await engine.doString(`function handler(address) ${body} end`);
  const handler: (address: string) => void = engine.global.get('handler');
  return handler;
}
