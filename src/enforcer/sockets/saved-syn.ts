import { getSocketOption, IPPROTO_TCP, SystemCallError, setSocketOption } from './system-calls.ts';

/** Linux: <linux/tcp.h>. */
const TCP_SAVE_SYN = 27;
const TCP_SAVED_SYN = 28;
/** Two headers of 60 bytes, and room for what IPv6 puts before the second. */
const mostBytes = 512;

/** Whether connections that a listening socket accepts keep the headers of their SYN until they are asked for it. */
export function saveSyns(listener: number, saves: boolean): void {
  if (process.platform !== 'linux') return;
  setSocketOption(listener, IPPROTO_TCP, TCP_SAVE_SYN, saves ? 1 : 0);
}

/** As `Stream.savedSyn`; `descriptor` -1: there is no socket (any more). */
export function savedSyn(descriptor: number): Uint8Array | null {
  if (process.platform !== 'linux' || descriptor < 0) return null;
  const bytes = new Uint8Array(mostBytes);
  try {
    const size = getSocketOption(descriptor, IPPROTO_TCP, TCP_SAVED_SYN, bytes);
    return size === 0 ? null : bytes.subarray(0, size);
  } catch (error) {
    if (error instanceof SystemCallError) return null;
    throw error;
  }
}
