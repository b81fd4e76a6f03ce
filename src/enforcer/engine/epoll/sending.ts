import { SystemCallError } from '../../sockets/system-calls.ts';
import { MSG_MORE, MSG_NOSIGNAL, SPLICE_F_MOVE, SPLICE_F_NONBLOCK } from './calls.ts';
import { isGone } from './gone.ts';
import type { Loop } from './loop.ts';
import type { Pipe } from './pipes.ts';

/** In the place of a number of bytes: there is no connection any more. */
export const GONE = -1;

/**
 * Sends bytes that lie in the memory of calls. Returns how many the system has taken, or GONE.
 *
 * @param isLast the end of the direction follows at once: both may go in one segment
 */
export function sendFrom(loop: Loop, descriptor: number, at: number, length: number, isLast = false): number {
  const count = loop.calls.send(descriptor, at, length, isLast ? MSG_NOSIGNAL | MSG_MORE : MSG_NOSIGNAL);
  return count >= 0 ? count : nothingOrGone(loop, descriptor);
}

/** The same of bytes that lie anywhere. */
export function sendBytes(loop: Loop, descriptor: number, bytes: Uint8Array): number {
  const { calls, memory } = loop;
  const { length } = bytes;
  const at = memory.copyIn(bytes) || memory.addressIn(bytes);
  if (at !== 0) return sendFrom(loop, descriptor, at, length);
  const count = calls.sendBytes(descriptor, bytes, length, MSG_NOSIGNAL);
  return count >= 0 ? count : nothingOrGone(loop, descriptor);
}

/** The same of bytes in a pipe. */
export function sendPiped(loop: Loop, descriptor: number, pipe: Pipe): number {
  const all = pipe.held;
  while (pipe.held > 0) {
    const count = loop.calls.splice(pipe.output, 0, descriptor, 0, pipe.held, flags);
    if (count <= 0) return isGone(loop, descriptor) ? GONE : all - pipe.held;
    pipe.held -= count;
  }
  return all;
}

/** Fills an empty pipe with what a socket has to be read. Returns how many bytes that were; below 0: none, or it can't be done. */
export function fill({ calls }: Loop, pipe: Pipe, descriptor: number): number {
  const count = calls.splice(descriptor, 0, pipe.input, 0, pipe.size, flags);
  if (count > 0) pipe.held = count;
  return count;
}

/** Takes everything out of a pipe. Throws SystemCallError where the system does not give what it was given. */
export function drain({ calls }: Loop, pipe: Pipe): Uint8Array {
  const bytes = new Uint8Array(pipe.held);
  let taken = 0;
  while (pipe.held > 0) {
    const count = calls.readBytes(pipe.output, bytes.subarray(taken), pipe.held);
    if (count <= 0) throw new SystemCallError('read', calls.errno());
    taken += count;
    pipe.held -= count;
  }
  return bytes;
}

const flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

function nothingOrGone(loop: Loop, descriptor: number): number {
  return isGone(loop, descriptor) ? GONE : 0;
}
