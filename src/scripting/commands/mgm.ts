import { randomBytes } from 'node:crypto';
import { TYPE } from '../../lua/exports.ts';
import type { LuaStack } from '../../lua/stack.ts';
import { type ScriptContext, sessionOf } from '../context.ts';
import { type EventName, eventOfCode, eventOfWord } from '../script/events.ts';
import {
  answer,
  answerInteger,
  answerText,
  type CommandEntry,
  type CommandTable,
  OCCASIONS,
  ON_CONNECTION,
} from './command.ts';

const IDENTIFIER_BYTES = 16;

/** Switches an event of this connection; what names no event, or no operation, is told in the log and changes nothing. */
const change = (
  stack: LuaStack,
  context: ScriptContext,
  event: EventName | undefined,
  operation: string | null,
): number => {
  const session = sessionOf(context);
  const isOperation = operation === 'enable' || operation === 'disable';
  if (event === undefined || !isOperation) {
    context.write('log', event === undefined ? 'MGM: no such event' : `MGM: no such operation: ${operation}`);
    return answer(stack, false);
  }
  if (operation === 'enable') session.enable(event);
  else session.disable(event);
  return answer(stack, true);
};

const byCode = (operation: 'enable' | 'disable'): CommandEntry => ({
  on: ON_CONNECTION,
  run: (stack, context) => change(stack, context, eventOfCode(stack.integer(2)), operation),
});

/** Events come back by themselves for the next HTTP transaction; a TCP connection has none. */
const WITHOUT_TRANSACTIONS: CommandEntry = {
  on: ON_CONNECTION,
  run: (stack, context) => {
    context.write('log', 'MGM: a TCP connection has no transactions: an event stays as it was switched');
    return answer(stack, false);
  },
};

const field = (stack: LuaStack, name: string): string | null => {
  stack.getField(2, name);
  const text = stack.type(-1) === TYPE.string ? stack.text(-1) : null;
  stack.drop(1);
  return text;
};

/** FortiADC Script Reference Guide 8.0.0, "MGM commands". */
export const MGM: CommandTable = {
  get_session_id: { on: ON_CONNECTION, run: (stack, context) => answerInteger(stack, sessionOf(context).id) },
  rand_id: {
    on: OCCASIONS.filter((occasion) => occasion !== 'VS_LISTENER_BIND'),
    run: (stack) => answerText(stack, randomBytes(IDENTIFIER_BYTES).toString('hex')),
  },
  set_event: {
    on: ON_CONNECTION,
    run: (stack, context) => {
      stack.expectType(2, TYPE.table);
      return change(stack, context, eventOfWord(field(stack, 'event') ?? ''), field(stack, 'operation'));
    },
  },
  enable_event: byCode('enable'),
  disable_event: byCode('disable'),
  set_auto: WITHOUT_TRANSACTIONS,
  enable_auto: WITHOUT_TRANSACTIONS,
  disable_auto: WITHOUT_TRANSACTIONS,
};
