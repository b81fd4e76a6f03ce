import { optionData } from '../../net/tcp-options.ts';

const IPPROTO_TCP = 6;
const ipv6Header = 40;
const leastTcpHeader = 20;

/** Where the TCP header begins; -1: behind a header that is not read here. */
function tcpHeaderAt(syn: Uint8Array): number {
  const first = syn[0] ?? 0;
  if (first >> 4 === 4) return syn[9] === IPPROTO_TCP ? (first & 15) * 4 : -1;
  return first >> 4 === 6 && syn[6] === IPPROTO_TCP ? ipv6Header : -1;
}

/** The data of a TCP option (RFC 9293, 3.1) in a SYN, without its kind and length; null when it is not there. */
export function tcpOptionIn(syn: Uint8Array, kind: number): Uint8Array | null {
  const header = tcpHeaderAt(syn);
  if (header < 0) return null;
  const end = Math.min(syn.length, header + ((syn[header + 12] ?? 0) >> 4) * 4);
  const data = optionData(syn.subarray(header + leastTcpHeader, end), kind);
  return data === null ? null : data.slice();
}
