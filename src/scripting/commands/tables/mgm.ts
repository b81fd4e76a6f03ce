import { randomBytes } from 'node:crypto';
import { luaType } from '../../../lua/host/api.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import { type EventName, eventOfCode, eventOfWord } from '../../script/events.ts';
import { answer, answerInteger, answerText, type CommandEntry, type CommandTable } from '../command.ts';
import { connectionOf, type ScriptContext } from '../context.ts';
import { allOccasions, onConnection } from '../occasion.ts';

const identifierBytes = 16;

/** Switches an event of this connection. An unknown event or operation is logged and changes nothing. */
function change(
  stack: LuaStack,
  context: ScriptContext,
  event: EventName | undefined,
  operation: string | null,
): number {
  const connection = connectionOf(context);
  const isOperation = operation === 'enable' || operation === 'disable';
  if (event === undefined || !isOperation) {
    context.write('log', event === undefined ? 'MGM: no such event' : `MGM: no such operation: ${operation}`);
    return answer(stack, false);
  }
  if (operation === 'enable') connection.enable(event);
  else connection.disable(event);
  return answer(stack, true);
}

function byCode(operation: 'enable' | 'disable'): CommandEntry {
  return {
    on: onConnection,
    run: (stack, context) => change(stack, context, eventOfCode(stack.integer(2)), operation),
  };
}

/** On FortiADC events are enabled again for the next HTTP transaction, which a TCP connection does not have. */
const withoutTransactions: CommandEntry = {
  on: onConnection,
  run: (stack, context) => {
    context.write('log', 'MGM: a TCP connection has no transactions: an event stays as it was switched');
    return answer(stack, false);
  },
};

function field(stack: LuaStack, name: string): string | null {
  stack.getField(2, name);
  const text = stack.type(-1) === luaType.string ? stack.text(-1) : null;
  stack.drop(1);
  return text;
}

/** FortiADC Script Reference Guide 8.0.0, "MGM commands". */
export const mgm: CommandTable = {
  get_session_id: {
    on: onConnection,
    run: (stack, context) => answerInteger(stack, connectionOf(context).id),
  },
  rand_id: {
    on: allOccasions.filter((occasion) => occasion !== 'VS_LISTENER_BIND'),
    run: (stack) => answerText(stack, randomBytes(identifierBytes).toString('hex')),
  },
  set_event: {
    on: onConnection,
    run: (stack, context) => {
      stack.expectType(2, luaType.table);
      return change(stack, context, eventOfWord(field(stack, 'event') ?? ''), field(stack, 'operation'));
    },
  },
  enable_event: byCode('enable'),
  disable_event: byCode('disable'),
  set_auto: withoutTransactions,
  enable_auto: withoutTransactions,
  disable_auto: withoutTransactions,
};
