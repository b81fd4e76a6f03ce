import { randomBytes } from 'node:crypto';
import { REGISTRY } from './api.ts';
import { type LuaInstance, wordBytes } from './instance.ts';

/** The first metamethods in the order of ltm.h; Lua's global state has an array of pointers to these strings. */
const names = ['__index', '__newindex', '__gc', '__mode'] as const;
const [FINALIZER, WEAKNESS] = [2, 3];
const secretBytes = 15;
/** The global state follows the main thread in one block; the array is well within this range. */
const searchedBytes = 4096;
/** Possible sizes of the header before the characters of a string. */
const headers = [12, 16, 20, 24];

/**
 * Makes Lua look for secret names in place of `__gc` and `__mode`. Finalizers run while garbage is collected, without
 * hooks; and weak tables whose keys keep each other alive in a chain can make one step of the collector take seconds.
 * `setmetatable` refuses both by name, but a metatable can get its fields later.
 */
export function withholdMetamethods(instance: LuaInstance, main: number): void {
  const { lua } = instance;
  const characters = names.map((name) => charactersOf(instance, main, name));
  const words = new Uint32Array(instance.bytes.buffer, main & ~(wordBytes - 1), searchedBytes / wordBytes);
  for (let at = 0; at + names.length <= words.length; at++) {
    const header = headers.find((size) =>
      characters.every((pointer, index) => words[at + index] === pointer - size),
    );
    if (header === undefined) continue;
    for (const index of [FINALIZER, WEAKNESS]) {
      const secret = charactersOf(instance, main, randomBytes(secretBytes).toString('hex'));
      // The state may have grown the memory since.
      new Uint32Array(instance.bytes.buffer, main & ~(wordBytes - 1), searchedBytes / wordBytes)[at + index] =
        secret - header;
    }
    return;
  }
  lua.lua_close(main);
  throw new Error('the metamethods of Lua are not where this was written for');
}

/** Makes a string that is never collected. Returns the address of its characters. */
function charactersOf(instance: LuaInstance, main: number, text: string): number {
  const { lua } = instance;
  const at = lua.lua_pushlstring(main, instance.shortLived(text), text.length);
  lua.luaL_ref(main, REGISTRY);
  return at;
}
