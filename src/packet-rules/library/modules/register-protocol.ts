import { BareLuaError } from '../../../lua/host/errors.ts';
import type { HostFunction } from '../../../lua/values/stack.ts';
import type { RuleContext } from '../../rules/rule-context.ts';

/** register_proto(number, dissector): that dissector takes the IP protocol further. */
export function registerProtocol({ protocols }: RuleContext): HostFunction {
  return (stack) => {
    const [number, name] = [stack.integer(1), stack.text(2)];
    if (!protocols.register(number, name)) {
      throw new BareLuaError(`IP protocol ${number} has another dissector already`);
    }
    return 0;
  };
}
