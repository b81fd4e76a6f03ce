import { addressOf, formatAddress, isIPv4 } from '../../../net/address.ts';
import { type Announced, broken, type HeaderReading, more } from './header.ts';

/** The longest line, CRLF included (the protocol's section 2.1). */
export const longestLine = 107;
/** Of every line: the word and what follows it. */
export const prefix = Buffer.from('PROXY ', 'latin1');
const CR = 13;
const LF = 10;

/** Reads a header of version 1 whose prefix is known to be right as far as it goes. */
export function readVersion1(bytes: Uint8Array): HeaderReading {
  const end = endOfLine(bytes);
  if (typeof end === 'object') return end;
  const line = Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1');
  const announced = parseLine(line.slice(prefix.length));
  if (typeof announced === 'string') return broken(announced);
  return { kind: 'header', length: end + 2, announced };
}

/** Where the CR is; what to answer when there is none yet, or none any more. */
function endOfLine(bytes: Uint8Array): number | HeaderReading {
  const most = Math.min(bytes.length, longestLine);
  for (let at = prefix.length; at < most; at++) {
    const byte = bytes[at];
    if (byte === LF) return broken('a line that does not end with CR LF');
    if (byte !== CR || at + 1 === longestLine) continue;
    if (at + 1 === bytes.length) return more;
    return bytes[at + 1] === LF ? at : broken('a line that does not end with CR LF');
  }
  return most < longestLine ? more : broken(`a line of more than ${longestLine} bytes`);
}

/** The rest of the line after its first word; a text says what is wrong with it. */
function parseLine(line: string): Announced | null | string {
  const [family, ...words] = line.split(' ');
  // Whatever else such a line says is to be ignored.
  if (family === 'UNKNOWN') return null;
  if (family !== 'TCP4' && family !== 'TCP6') return 'a protocol that is none of TCP4, TCP6 and UNKNOWN';
  const [from = '', to = '', fromPort = '', toPort = ''] = words;
  if (words.length !== 4) return 'not two addresses and two ports';
  const source = parseOfFamily(family, from);
  const destination = parseOfFamily(family, to);
  if (source === null || destination === null) return `an address that is none of ${family}`;
  const sourcePort = parsePort(fromPort);
  const destinationPort = parsePort(toPort);
  if (sourcePort < 0 || destinationPort < 0) return 'a port that is no number from 0 to 65535';
  return { source, sourcePort, destination, destinationPort };
}

function parseOfFamily(family: 'TCP4' | 'TCP6', text: string): Uint32Array | null {
  const isOfFamily = text.includes(':') === (family === 'TCP6');
  // A zone means something only on the machine that wrote it.
  return isOfFamily && !text.includes('%') ? addressOf(text) : null;
}

/** -1 when it is none; leading zeros are none. */
function parsePort(text: string): number {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535 ? Number(text) : -1;
}

/** A header of version 1. Two families make both addresses IPv6, the IPv4 one mapped; null is nobody. */
export function writeVersion1(announced: Announced | null): Uint8Array {
  if (announced === null) return Buffer.from('PROXY UNKNOWN\r\n', 'latin1');
  const { source, sourcePort, destination, destinationPort } = announced;
  const family = isIPv4(source) && isIPv4(destination) ? 'TCP4' : 'TCP6';
  const write = (address: Uint32Array): string =>
    family === 'TCP6' && isIPv4(address) ? `::ffff:${formatAddress(address)}` : formatAddress(address);
  const words = [family, write(source), write(destination), sourcePort, destinationPort];
  return Buffer.from(`PROXY ${words.join(' ')}\r\n`, 'latin1');
}
