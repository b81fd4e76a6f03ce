import { IPPROTO_TCP, SOL_SOCKET } from '../../sockets/system-calls.ts';
import { EAGAIN, ECONNRESET, EPIPE, SO_ERROR, TCP_INFO } from './calls.ts';
import type { Loop } from './loop.ts';

/** Of <netinet/tcp.h>: reset, timed out, or never begun. */
const TCP_CLOSE = 7;

/**
 * Whether a socket that would not do what was asked has no connection any more, nor gets one: else it would have had to
 * wait. That it had to is believed, for the state is asked a moment later: an end that has come in between, of a direction
 * that we have ended before, looks like a reset. A reset is believed too: no call of V8's ends like that. Any other number
 * may be that of another call; then the state decides.
 */
export function isGone({ calls, memory }: Pick<Loop, 'calls' | 'memory'>, descriptor: number): boolean {
  const errno = calls.errno();
  if (errno === EAGAIN) return false;
  if (errno === ECONNRESET) return true;
  memory.setValue(TCP_CLOSE);
  calls.getOption(descriptor, IPPROTO_TCP, TCP_INFO, memory.valueAt, memory.valueLengthAt);
  // The first byte of a struct tcp_info.
  return (memory.value & 0xff) === TCP_CLOSE;
}

/** The error that the system has of a socket, and has no more from then on; 0: none. */
export function takeError({ calls, memory }: Pick<Loop, 'calls' | 'memory'>, descriptor: number): number {
  memory.setValue(0);
  calls.getOption(descriptor, SOL_SOCKET, SO_ERROR, memory.valueAt, memory.valueLengthAt);
  return memory.value;
}

/** What an error says of a socket that connects: who refuses it says ECONNREFUSED, the others have taken it before. */
export function causeOf(error: number): 'reset' | 'failed' {
  return error === ECONNRESET || error === EPIPE ? 'reset' : 'failed';
}
