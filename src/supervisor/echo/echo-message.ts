/** ICMP echo (RFC 792) and ICMPv6 echo (RFC 4443, 4.1 and 4.2). */
import { checksumOf, sumWords } from '../../net/checksum.ts';

const header = 8;
/** Bytes of the payload, by which an answer is known for one to this request. */
export const tokenBytes = 8;

export type Family = 4 | 6;

const types: Readonly<Record<Family, { readonly request: number; readonly reply: number }>> = {
  4: { request: 8, reply: 0 },
  6: { request: 128, reply: 129 },
};

/** A request, with so many bytes of data. The system writes the identifier, and for ICMPv6 the checksum. */
export function echoRequest(
  family: Family,
  sequence: number,
  token: Uint8Array,
  size: number = tokenBytes,
): Uint8Array {
  const message = new Uint8Array(header + Math.max(size, tokenBytes));
  message[0] = types[family].request;
  message[6] = sequence >> 8;
  message[7] = sequence & 255;
  message.set(token.subarray(0, tokenBytes), header);
  if (family === 4) {
    const sum = checksumOf(sumWords(message, 0, message.length));
    message[2] = sum >> 8;
    message[3] = sum & 255;
  }
  return message;
}

export type EchoReply = { readonly sequence: number; readonly token: Uint8Array };

/** Reads a reply, with or without the IPv4 header that some systems put before it. Undefined: it is none. */
export function readEchoReply(family: Family, message: Uint8Array): EchoReply | undefined {
  const hasHeader = family === 4 && (message[0] ?? 0) >> 4 === 4;
  const at = hasHeader ? ((message[0] ?? 0) & 15) * 4 : 0;
  if (message.length < at + header + tokenBytes) return undefined;
  if (message[at] !== types[family].reply || message[at + 1] !== 0) return undefined;
  const sequence = ((message[at + 6] ?? 0) << 8) | (message[at + 7] ?? 0);
  return { sequence, token: message.slice(at + header, at + header + tokenBytes) };
}
