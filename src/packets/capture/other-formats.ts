import { compressedBy } from '../../files/compressed.ts';

/** What a file is that is no capture for us, by what it begins with, and what makes one of it. */
const formats: readonly (readonly [beginning: string, what: string, remedy: string])[] = [
  ['snoo', 'a snoop capture of Solaris', 'editcap'],
  ['RTSS', 'a capture of Microsoft Network Monitor', 'editcap'],
  ['GMBU', 'a capture of Microsoft Network Monitor', 'editcap'],
  ['TRSN', 'a capture of the NetXray Sniffer', 'editcap'],
  ['XCP\0', 'a capture of the NetXray Sniffer', 'editcap'],
  ['iptr', 'an iptrace capture of AIX', 'editcap'],
  ['\x7fver', 'a capture of EtherPeek', 'editcap'],
  ['0x00', 'a text', 'text2pcap'],
  ['0000', 'a text', 'text2pcap'],
];

/** Says what a file is that begins so, which is no pcap or pcapng capture, and how it is read where that is known. */
export function describeOtherFormat(bytes: Uint8Array): string {
  const beginning = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  const nothingKnown = 'this is no pcap or pcapng capture';
  const compressed = compressedBy(bytes);
  if (compressed !== undefined) {
    const { what, remedy } = compressed;
    return `${nothingKnown} but ${what}: "${remedy} FILE" writes what is read from "-"`;
  }
  const [, what, remedy] = formats.find(([mark]) => beginning.startsWith(mark)) ?? [];
  if (what === undefined || remedy === undefined) return nothingKnown;
  return `${nothingKnown} but ${what}: ${remedy} makes a pcapng capture of it`;
}
