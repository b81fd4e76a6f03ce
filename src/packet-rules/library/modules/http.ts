import { pushFunctions } from '../../../lua/values/function-table.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import { HttpDissector } from '../../http/http-dissector.ts';
import { UriTables } from '../../http/uri-tables.ts';
import { TcpFlow } from '../../objects/connections/tcp-flow.ts';
import type { RuleContext } from '../../rules/rule-context.ts';
import { packetEvents, pushEvents } from '../events.ts';
import { registerTcp } from './tcp.ts';

/** The module protocol/http. */
export function pushHttp(stack: LuaStack, context: RuleContext): void {
  registerTcp(context);
  const uris = new UriTables(context.state);
  context.engine.register(new HttpDissector(context, uris));
  const table = pushFunctions(stack, {
    dissect: (running) => {
      context.objects.at(running, 1, TcpFlow).setNext('http');
      return 0;
    },
    install_tcp_rule: (running) => {
      context.ports.set(running.integer(1), 'http');
      return 0;
    },
  });
  for (const [name, functions] of Object.entries(uris.functions())) {
    pushFunctions(stack, functions);
    stack.setField(table, name);
  }
  pushEvents(stack, context.types.events, {
    ...packetEvents('http'),
    request: 'http-request',
    response: 'http-response',
  });
  stack.setField(table, 'events');
}
