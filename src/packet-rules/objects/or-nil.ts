import type { HostObjects } from '../../lua/values/host-objects.ts';
import type { LuaStack } from '../../lua/values/stack.ts';

/** A name, or nil. */
export function pushName(stack: LuaStack, name: string | undefined): void {
  if (name === undefined) stack.pushNil();
  else stack.pushText(name);
}

/** An object of a class that was defined, or nil. */
export function pushObject(stack: LuaStack, objects: HostObjects, object: object | undefined): void {
  if (object === undefined) stack.pushNil();
  else objects.push(stack, object);
}
