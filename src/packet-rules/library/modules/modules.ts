import type { LuaStack } from '../../../lua/values/stack.ts';
import type { RuleContext } from '../../rules/rule-context.ts';
import type { Modules } from '../require.ts';
import { pushColor } from './color.ts';
import { pushDns, pushIcmp, pushUdp } from './datagrams.ts';
import { pushHttp } from './http.ts';
import { pushIPv4 } from './ipv4.ts';
import { pushIPv6 } from './ipv6.ts';
import { pushRaw } from './raw.ts';
import { pushTcp } from './tcp.ts';
import { pushTcpConnection } from './tcp-connection.ts';

/** Libraries of Lua that may be required as well. */
const libraries = ['bit', 'coroutine', 'math', 'os', 'string', 'table'] as const;

/** What rules may require beside files of their own. */
export function rulesModules(context: RuleContext): Modules {
  return {
    ...Object.fromEntries(libraries.map((name) => [name, (stack: LuaStack) => stack.getGlobal(name)])),
    color: pushColor,
    'protocol/raw': (stack) => pushRaw(stack, context),
    'protocol/ipv4': (stack) => pushIPv4(stack, context),
    'protocol/ipv6': (stack) => pushIPv6(stack, context),
    'protocol/tcp': (stack) => pushTcp(stack, context),
    'protocol/udp': (stack) => pushUdp(stack, context),
    'protocol/icmp': (stack) => pushIcmp(stack, context),
    'protocol/dns': (stack) => pushDns(stack, context),
    'protocol/http': (stack) => pushHttp(stack, context),
    'protocol/tcp-connection': (stack) => pushTcpConnection(stack, context),
    'protocol/tcp_connection': (stack) => pushTcpConnection(stack, context),
  };
}
