import type { OptionNumber, SocketOption } from '../engine/socket-option.ts';
import { AF_INET6, getSocketOption, SOL_SOCKET, SystemCallError, setSocketOption } from './system-calls.ts';

/** Linux: <asm-generic/socket.h>. */
const SO_DOMAIN = 39;

const linux = process.platform === 'linux';
const signedMost = 2_147_483_647;
/** A struct timeval, the largest form. */
const mostBytes = 16;

/** `connecting`: the socket is on the side that connects. Throws SystemCallError. */
function numberOf(descriptor: number, option: SocketOption, connecting: boolean): OptionNumber {
  if (connecting && option.linuxConnecting !== undefined) return option.linuxConnecting;
  return option.linuxV6 !== undefined && isIpv6(descriptor) ? option.linuxV6 : option.linux;
}

function isIpv6(descriptor: number): boolean {
  const domain = new Uint8Array(Int32Array.BYTES_PER_ELEMENT);
  getSocketOption(descriptor, SOL_SOCKET, SO_DOMAIN, domain);
  return domain[0] === AF_INET6;
}

/** As `OptionSocket.getOption`; `descriptor` -1: there is no socket (any more). */
export function readOption(descriptor: number, option: SocketOption, connecting: boolean): number | null {
  if (!linux || descriptor < 0) return null;
  const bytes = new Uint8Array(mostBytes);
  let size: number;
  try {
    const { level, name } = numberOf(descriptor, option, connecting);
    size = getSocketOption(descriptor, level, name, bytes);
  } catch (error) {
    if (error instanceof SystemCallError) return null;
    throw error;
  }
  const view = new DataView(bytes.buffer);
  const word = (at: number): number => view.getInt32(at, true);
  switch (option.form) {
    case 'int': {
      const value = size === 1 ? view.getUint8(0) : word(0);
      return option.most > signedMost ? value >>> 0 : value;
    }
    case 'linger':
      return word(0) === 0 ? -1 : word(4);
    case 'timeval':
      return Number(view.getBigInt64(0, true)) * 1000 + Math.round(Number(view.getBigInt64(8, true)) / 1000);
  }
}

function wordsOf({ form }: SocketOption, value: number): readonly number[] {
  switch (form) {
    case 'int':
      return [value | 0];
    case 'linger':
      return value < 0 ? [0, 0] : [1, value];
    case 'timeval':
      // Two words of 64 bits each, the lower half first.
      return [Math.floor(value / 1000), 0, (value % 1000) * 1000, 0];
  }
}

/**
 * As `OptionSocket.setOption`; `descriptor` -1: there is no socket (any more). close(2) waits for a socket that
 * lingers, non-blocking or not, and a worker with it: lingering can be switched off, or made to reset at once.
 */
export function writeOption(
  descriptor: number,
  option: SocketOption,
  connecting: boolean,
  value: number,
): string | null {
  if (!linux) return 'options can be set on Linux only';
  if (descriptor < 0) return 'there is no socket now';
  if (option.form === 'linger' && value > 0) return 'a worker must not wait for a close: -1 or 0';
  try {
    const { level, name } = numberOf(descriptor, option, connecting);
    setSocketOption(descriptor, level, name, ...wordsOf(option, value));
  } catch (error) {
    if (error instanceof SystemCallError) return error.message;
    throw error;
  }
  return null;
}
