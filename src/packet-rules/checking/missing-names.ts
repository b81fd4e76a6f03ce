import { luaType } from '../../lua/host/api.ts';
import type { LuaStack } from '../../lua/values/stack.ts';
import type { ProtectedCalls } from '../rules/protected-calls.ts';
import type { UsedName } from './used-names.ts';

/** Names that rules may read though nothing stands under them: later Lua's and ours are there or not. */
function isThere(stack: LuaStack, path: readonly string[]): boolean {
  for (const name of path) {
    if (stack.type(-1) !== luaType.table) return true;
    stack.getField(stack.count, name);
    if (stack.isAbsent(-1)) return false;
  }
  return true;
}

/**
 * Those of the names that nothing stands under once the rules have been loaded.
 *
 * @param modules those of ours, by their names: what files of the rules give may change later
 */
export function missingNames(
  names: readonly UsedName[],
  calls: ProtectedCalls,
  modules: ReadonlySet<string>,
): UsedName[] {
  const { state } = calls;
  return names.filter(({ module, path }) => {
    if (module !== undefined && !modules.has(module)) return false;
    return calls.call(
      (stack) => {
        stack.getGlobal(module === undefined ? '_G' : 'require');
        if (module === undefined) {
          // A call that gives back its argument.
          stack.pushClosure(same, 0);
          stack.swap();
        } else stack.pushText(module);
        return 1;
      },
      () =>
        state.prepare((stack) => {
          const before = stack.count;
          const isMissing = !isThere(stack, path);
          stack.setCount(before);
          return isMissing;
        }),
    );
  });
}

function same(): number {
  return 1;
}
