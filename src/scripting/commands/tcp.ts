import { isIP } from 'node:net';
import type { Address } from '../../enforcer/hooks/connection-port.ts';
import { CommandError } from '../../lua/errors.ts';
import type { LuaStack } from '../../lua/stack.ts';
import { type ScriptContext, sessionOf } from '../context.ts';
import { answer, answerInteger, type CommandTable, type Occasion, ON_CONNECTION } from './command.ts';
import { sockopt } from './sockopt.ts';
import { timerCancel, timerGet, timerSet } from './timers.ts';

const LONGEST_BLOCK = 3600;
/** As much as TCP:send may make one side wait for. What is at hand has 64 KiB at most. */
const LONGEST_REPLACEMENT = 262_144;
const HIGHEST_PORT = 65_535;

/** FortiADC has `reject` in TCP_ACCEPTED and STREAM_REQUEST_DATA only; the other early events are Levee's addition. */
const REJECTS: readonly Occasion[] = ['TCP_ACCEPTED', 'STREAM_CLIENT_INIT', 'STREAM_REQUEST_DATA'];
const BEFORE_THE_SERVER: readonly Occasion[] = [
  'TCP_ACCEPTED',
  'STREAM_CLIENT_INIT',
  'SERVER_BEFORE_CONNECT',
];
const WITH_TIMERS = ON_CONNECTION.filter((occasion) => !['TCP_CLOSED', 'SERVER_CLOSED'].includes(occasion));
const WITH_SOCKETS: readonly Occasion[] = ['VS_LISTENER_BIND', ...WITH_TIMERS];
const WITH_DATA: readonly Occasion[] = ['STREAM_REQUEST_DATA', 'STREAM_RESPONSE_DATA'];

/** FortiADC Script Reference Guide 8.0.0 "TCP commands" and stream scripting; send, replace, count, block are ours. */
export const TCP: CommandTable = {
  reject: { on: REJECTS, run: (stack, context) => end(stack, context, 'reject') },
  close: { on: WITH_TIMERS, run: (stack, context) => end(stack, context, 'close') },
  set_snat_ip: {
    on: BEFORE_THE_SERVER,
    run: (stack, context) => {
      const source = addressIn(stack.text(2));
      return answer(stack, source !== null && sessionOf(context).port.setSourceAddress(source));
    },
  },
  clear_snat_ip: {
    on: BEFORE_THE_SERVER,
    run: (stack, context) => answer(stack, sessionOf(context).port.clearSourceAddress()),
  },
  sockopt: { on: WITH_SOCKETS, run: sockopt },
  after_timer_set: { on: WITH_TIMERS, run: timerSet },
  after_timer_cancel: { on: WITH_TIMERS, run: timerCancel },
  after_timer_get: { on: WITH_TIMERS, run: timerGet },
  peek: { on: ['STREAM_CLIENT_INIT'], run: (stack, context) => pushData(stack, context) },
  receive: { on: WITH_DATA, run: (stack, context) => pushData(stack, context) },
  send: {
    on: WITH_TIMERS.filter((occasion) => occasion !== 'SERVER_BEFORE_CONNECT'),
    run: (stack, context) => answer(stack, sessionOf(context).port.send(context.side, stack.bytes(2))),
  },
  replace: {
    on: WITH_DATA,
    run: (stack, context) => {
      const bytes = stack.bytes(2);
      if (bytes.length > LONGEST_REPLACEMENT)
        throw new CommandError(`TCP:replace: ${LONGEST_REPLACEMENT} bytes at most, not ${bytes.length}`);
      context.data = bytes;
      return answer(stack, true);
    },
  },
  count: {
    on: ON_CONNECTION,
    run: (stack, context) => {
      const address = stack.isAbsent(2) ? null : stack.text(2);
      if (address !== null && isIP(address) === 0)
        throw new CommandError(`TCP:count: no address: '${address}'`);
      return answerInteger(stack, sessionOf(context).port.count(address));
    },
  },
  block: {
    on: ON_CONNECTION,
    run: (stack, context) => {
      const seconds = stack.integer(2);
      if (seconds < 1 || seconds > LONGEST_BLOCK) {
        throw new CommandError(`TCP:block: from 1 to ${LONGEST_BLOCK} seconds, not ${seconds}`);
      }
      return answer(stack, sessionOf(context).port.block(seconds));
    },
  },
};

const end = (stack: LuaStack, context: ScriptContext, how: 'reject' | 'close'): number => {
  const session = sessionOf(context);
  session.ending = how;
  session.timers?.cancelAll();
  return answer(stack, true);
};

/** Up to so many bytes of the data at hand; all of it without a size. They stay where they are. */
const pushData = (stack: LuaStack, { data }: ScriptContext): number => {
  const available = data ?? new Uint8Array();
  const size = stack.integerOr(2, available.length);
  if (size < 0) throw new CommandError('a size is 0 or more');
  stack.pushBytes(available.subarray(0, size));
  return 1;
};

/** `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`; port 0 when none is named. Null: none of them. */
const addressIn = (text: string): Address | null => {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (isIP(text) !== 0) return { address: text, port: 0 };
  const address = bracketed ?? plain ?? '';
  const port = Number(digits ?? 0);
  const isAddress = bracketed === undefined ? isIP(address) === 4 : isIP(address) === 6;
  return isAddress && port <= HIGHEST_PORT ? { address, port } : null;
};
