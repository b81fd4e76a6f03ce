import type { LuaStack } from '../../../lua/values/stack.ts';

const colors = { black: 30, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, white: 37 };
const styles = { clear: 0, reset: 0, bright: 1, bold: 1, dim: 2, underscore: 4, blink: 5, reverse: 7 };

/** The module color: escape sequences of terminals by name. */
export function pushColor(stack: LuaStack): void {
  stack.pushTable();
  const table = stack.count;
  for (const [name, code] of Object.entries({ ...styles, ...colors })) {
    stack.pushText(`\x1b[${code}m`);
    stack.setField(table, name);
  }
}
