import { LuaError } from '../../../lua/host/errors.ts';
import { addressFamily } from '../../../net/address-family.ts';
import { answer, answerText, type CommandEntry, type CommandTable } from '../command.ts';
import { connectionOf } from '../context.ts';
import { type Occasion, onConnection } from '../occasion.ts';

const beforeAServer: readonly Occasion[] = ['TCP_ACCEPTED', 'STREAM_CLIENT_INIT'];
const highestPort = 65_535;

const choosePool: CommandEntry = {
  on: beforeAServer,
  run: (stack, context) => answer(stack, connectionOf(context).port.choosePool(stack.text(2))),
};

/** FortiADC Script Reference Guide 8.0.3, "LB commands", as far as they apply to a TCP connection. */
export const lb: CommandTable = {
  routing: choosePool,
  upstream: choosePool,
  get_valid_routing: {
    on: onConnection,
    run: (stack, context) => {
      stack.pushTable();
      const table = stack.count;
      for (const [index, name] of connectionOf(context).port.pools().entries()) {
        stack.pushText(name);
        stack.setElement(table, index + 1);
      }
      return 1;
    },
  },
  get_current_routing: {
    on: onConnection,
    run: (stack, context) => answerText(stack, connectionOf(context).port.pool()),
  },
  method_assign_server: {
    on: beforeAServer,
    run: (stack, context) => answerText(stack, connectionOf(context).port.assignMember()),
  },
  set_real_server: {
    on: beforeAServer,
    run: (stack, context) => answer(stack, connectionOf(context).port.chooseMember(stack.text(2))),
  },
  set_peer: {
    on: beforeAServer,
    run: (stack, context) => {
      const address = stack.text(2);
      const port = stack.integer(3);
      if (addressFamily(address) === 0) throw new LuaError(`LB:set_peer: no address: '${address}'`);
      if (port < 1 || port > highestPort) throw new LuaError(`LB:set_peer: no port: ${port}`);
      return answer(stack, connectionOf(context).port.chooseMemberAt({ address, port }));
    },
  },
};
