/** What a file is that is no capture for us, by what it begins with, and what makes one of it. */
const formats: readonly (readonly [beginning: string, what: string, remedy: string])[] = [
  ['\x1f\x8b', 'compressed by gzip', 'gzip -dc'],
  ['\x28\xb5\x2f\xfd', 'compressed by zstd', 'zstd -dc'],
  ['\x04\x22\x4d\x18', 'compressed by lz4', 'lz4 -dc'],
  ['\xfd7zX', 'compressed by xz', 'xz -dc'],
  ['BZh', 'compressed by bzip2', 'bzip2 -dc'],
  ['\x1f\x9d', 'compressed by compress', 'gzip -dc'],
  ['PK\x03\x04', 'a zip archive', 'unzip -p'],
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
  const [, what, remedy] = formats.find(([mark]) => beginning.startsWith(mark)) ?? [];
  const nothingKnown = 'this is no pcap or pcapng capture';
  if (what === undefined || remedy === undefined) return nothingKnown;
  const way = remedy.includes(' ')
    ? `"${remedy} FILE" writes what is read from "-"`
    : `${remedy} makes a pcapng capture of it`;
  return `${nothingKnown} but ${what}: ${way}`;
}
