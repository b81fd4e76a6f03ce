import type { Address } from '../../../enforcer/hooks/connection-port.ts';
import { LuaError } from '../../../lua/host/errors.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import { addressFamily } from '../../../net/address-family.ts';
import { answer, answerInteger, type CommandTable } from '../command.ts';
import { connectionOf, type ScriptContext } from '../context.ts';
import { type Occasion, onConnection } from '../occasion.ts';
import { collect } from '../tcp/collect.ts';
import { lookUp, persist } from '../tcp/persist.ts';
import { sockopt } from '../tcp/sockopt.ts';
import { timerCancel, timerGet, timerSet } from '../tcp/timers.ts';

const longestBlock = 3600;
/** The same as the bytes of TCP:send that may wait for one side. The data at hand has 64 KiB at most. */
const longestReplacement = 262_144;
const highestPort = 65_535;

/** FortiADC has `reject` in TCP_ACCEPTED and STREAM_REQUEST_DATA only. Levee adds the other early event. */
const rejects: readonly Occasion[] = ['TCP_ACCEPTED', 'STREAM_CLIENT_INIT', 'STREAM_REQUEST_DATA'];
const beforeTheServer: readonly Occasion[] = ['TCP_ACCEPTED', 'STREAM_CLIENT_INIT', 'SERVER_BEFORE_CONNECT'];
const withTimers = onConnection.filter((occasion) => !['TCP_CLOSED', 'SERVER_CLOSED'].includes(occasion));
const withSockets: readonly Occasion[] = ['VS_LISTENER_BIND', ...withTimers];
const withData: readonly Occasion[] = ['STREAM_REQUEST_DATA', 'STREAM_RESPONSE_DATA'];

/** FortiADC Script Reference Guide 8.0.0 "TCP commands" and stream scripting; send, replace, count, block are ours. */
export const tcp: CommandTable = {
  reject: { on: rejects, run: (stack, context) => end(stack, context, 'reject') },
  close: { on: withTimers, run: (stack, context) => end(stack, context, 'close') },
  set_snat_ip: {
    on: beforeTheServer,
    run: (stack, context) => {
      const source = addressIn(stack.text(2));
      return answer(stack, source !== null && connectionOf(context).port.setSourceAddress(source));
    },
  },
  clear_snat_ip: {
    on: beforeTheServer,
    run: (stack, context) => answer(stack, connectionOf(context).port.clearSourceAddress()),
  },
  sockopt: { on: withSockets, run: sockopt },
  after_timer_set: { on: withTimers, run: timerSet },
  after_timer_cancel: { on: withTimers, run: timerCancel },
  after_timer_get: { on: withTimers, run: timerGet },
  peek: { on: ['STREAM_CLIENT_INIT'], run: (stack, context) => pushData(stack, context) },
  collect: { on: ['TCP_ACCEPTED', 'STREAM_CLIENT_INIT'], run: collect },
  receive: { on: withData, run: (stack, context) => pushData(stack, context) },
  send: {
    on: withTimers.filter((occasion) => occasion !== 'SERVER_BEFORE_CONNECT'),
    run: (stack, context) => answer(stack, connectionOf(context).port.send(context.side, stack.bytes(2))),
  },
  replace: {
    on: withData,
    run: (stack, context) => {
      const bytes = stack.bytes(2);
      if (bytes.length > longestReplacement)
        throw new LuaError(`TCP:replace: ${longestReplacement} bytes at most, not ${bytes.length}`);
      context.data = bytes;
      return answer(stack, true);
    },
  },
  persist: { on: withTimers, run: persist },
  lookup_tbl: { on: ['TCP_ACCEPTED', 'STREAM_CLIENT_INIT'], run: lookUp },
  count: {
    on: onConnection,
    run: (stack, context) => {
      const address = stack.isAbsent(2) ? null : stack.text(2);
      if (address !== null && addressFamily(address) === 0)
        throw new LuaError(`TCP:count: no address: '${address}'`);
      return answerInteger(stack, connectionOf(context).port.count(address));
    },
  },
  block: {
    on: onConnection,
    run: (stack, context) => {
      const seconds = stack.integer(2);
      if (seconds < 1 || seconds > longestBlock) {
        throw new LuaError(`TCP:block: from 1 to ${longestBlock} seconds, not ${seconds}`);
      }
      return answer(stack, connectionOf(context).port.block(seconds));
    },
  },
};

function end(stack: LuaStack, context: ScriptContext, how: 'reject' | 'close'): number {
  const connection = connectionOf(context);
  connection.ending = how;
  connection.timers?.cancelAll();
  return answer(stack, true);
}

/** Pushes up to so many bytes of the data at hand, or all without a size. The data stays. */
function pushData(stack: LuaStack, { data }: ScriptContext): number {
  const available = data ?? new Uint8Array();
  const size = stack.integerOr(2, available.length);
  if (size < 0) throw new LuaError('a size is 0 or more');
  stack.pushBytes(available.subarray(0, size));
  return 1;
}

/** `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`; port 0 when none is named. Null: none of them. */
function addressIn(text: string): Address | null {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (addressFamily(text) !== 0) return { address: text, port: 0 };
  const address = bracketed ?? plain ?? '';
  const port = Number(digits ?? 0);
  const isAddress = bracketed === undefined ? addressFamily(address) === 4 : addressFamily(address) === 6;
  return isAddress && port <= highestPort ? { address, port } : null;
}
