import { optionData } from '../../net/tcp-options.ts';
import { getSocketOption, IPPROTO_TCP, SystemCallError, setSocketOption } from './system-calls.ts';

/** Linux: <linux/tcp.h>. */
const TCP_SAVE_SYN = 27;
const TCP_SAVED_SYN = 28;
/** Two headers of 60 bytes, and room for what IPv6 puts before the second. */
const mostBytes = 512;

const IPV6_HEADER = 40;
const leastTcpHeader = 20;

/** Whether connections that a listening socket accepts keep the headers of their SYN until they are asked for it. */
export function saveSyns(listener: number, saves: boolean): void {
  if (process.platform !== 'linux') return;
  setSocketOption(listener, IPPROTO_TCP, TCP_SAVE_SYN, saves ? 1 : 0);
}

/** The headers of IP and TCP that a connection began with. The system tells once; null: it has none (any more). */
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

/** Where the header of TCP begins; -1 where something stands before it that we do not read. */
function tcpHeaderAt(syn: Uint8Array): number {
  const first = syn[0] ?? 0;
  if (first >> 4 === 4) return syn[9] === IPPROTO_TCP ? (first & 15) * 4 : -1;
  return first >> 4 === 6 && syn[6] === IPPROTO_TCP ? IPV6_HEADER : -1;
}

/** The data of a TCP option (RFC 9293, 3.1) in a SYN, without its kind and length; null when it is not there. */
export function tcpOptionIn(syn: Uint8Array, kind: number): Uint8Array | null {
  const header = tcpHeaderAt(syn);
  if (header < 0) return null;
  const end = Math.min(syn.length, header + ((syn[header + 12] ?? 0) >> 4) * 4);
  const data = optionData(syn.subarray(header + leastTcpHeader, end), kind);
  return data === null ? null : data.slice();
}
