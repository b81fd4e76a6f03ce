import type { HostFunction } from '../../lua/values/stack.ts';
import type { RulesLog } from '../reporting/rules-log.ts';

/** The function `print`: arguments with a space between them, each up to its first NUL byte. */
export function printFunction(log: RulesLog): HostFunction {
  return (stack) => {
    const texts = Array.from({ length: stack.count }, (_, index) => {
      const text = stack.tostring(index + 1);
      const end = text.indexOf('\0');
      return end < 0 ? text : text.slice(0, end);
    });
    log.print(texts.join(' '));
    return 0;
  };
}
