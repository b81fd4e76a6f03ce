import type { LuaStack } from '../../lua/values/stack.ts';

/** What a call gives that does nothing here: nil and why. It is no error, for the script is right where it comes from. */
export function idle(stack: LuaStack, reason: string): number {
  stack.pushNil();
  stack.pushText(reason);
  return 2;
}
