import { getSocketOption, SystemCallError, setSocketOption } from './system-calls.ts';

/** The numbers of getsockopt(2): SOL_SOCKET, IPPROTO_IP, ... and the option's own. */
export type OptionNumber = { readonly level: number; readonly name: number };

/** An option of a socket, as it can be read and perhaps set. */
export type SocketOption = {
  readonly name: string;
  /** An int, a struct linger (its value in seconds, -1: off), a struct timeval (its value in milliseconds). */
  readonly form: 'int' | 'linger' | 'timeval';
  /** The greatest value: one above 2,147,483,647 takes all 32 bits. */
  readonly most: number;
  readonly linux: OptionNumber;
  /** Where a socket of IPv6 has another option for the same. */
  readonly linuxV6?: OptionNumber;
  /** Where it is another option on the side that connects. */
  readonly linuxConnecting?: OptionNumber;
};

/** What decides which of its numbers an option has. */
export type SocketKind = { readonly ipv6: boolean; readonly connecting: boolean };

const linux = process.platform === 'linux';
const signedMost = 2_147_483_647;

function numberOf(option: SocketOption, { ipv6, connecting }: SocketKind): OptionNumber {
  if (connecting && option.linuxConnecting !== undefined) return option.linuxConnecting;
  return ipv6 && option.linuxV6 !== undefined ? option.linuxV6 : option.linux;
}

/** What the system says; null when it does not. */
export function readOption(descriptor: number, option: SocketOption, kind: SocketKind): number | null {
  if (!linux || descriptor < 0) return null;
  const { level, name } = numberOf(option, kind);
  const bytes = new Uint8Array(16);
  let size: number;
  try {
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
 * Null: it is set. Else why it can't be, in a few words. close(2) waits for a socket that lingers, non-blocking or not,
 * and a worker with it: so it can be switched off, or made to reset at once.
 */
export function writeOption(
  descriptor: number,
  option: SocketOption,
  kind: SocketKind,
  value: number,
): string | null {
  if (!linux) return 'options can be set on Linux only';
  if (descriptor < 0) return 'there is no socket now';
  if (option.form === 'linger' && value > 0) return 'a worker must not wait for a close: -1 or 0';
  const { level, name } = numberOf(option, kind);
  try {
    setSocketOption(descriptor, level, name, ...wordsOf(option, value));
  } catch (error) {
    if (error instanceof SystemCallError) return error.message;
    throw error;
  }
  return null;
}
