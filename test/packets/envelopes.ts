import { write16 } from '../../src/net/big-endian.ts';
import { checksumOf, sumWords } from '../../src/net/checksum.ts';

type Bytes = readonly number[] | Uint8Array;

function joined(...parts: readonly Bytes[]): Uint8Array {
  return Buffer.concat(parts.map((part) => Uint8Array.from(part)));
}

function two(value: number): number[] {
  return [value >>> 8, value & 255];
}

const macs: readonly number[] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];

export function ethernet(type: number, inside: Bytes): Uint8Array {
  return joined(macs, two(type), inside);
}

export function inIPv4(protocol: number, inside: Uint8Array): Uint8Array {
  const header = Uint8Array.from([0x45, 0, ...two(20 + inside.length), 0, 9, 0, 0, 64, protocol, 0, 0]);
  const whole = joined(header, [10, 9, 0, 1, 10, 9, 0, 2], inside);
  write16(whole, 10, checksumOf(sumWords(whole, 0, 20)));
  return whole;
}

function inIPv6(next: number, inside: Uint8Array): Uint8Array {
  return joined([0x60, 0, 0, 0, ...two(inside.length), next, 64], Array(31).fill(0), [1], inside);
}

function inUdp(port: number, inside: Uint8Array): Uint8Array {
  return joined([0x90, 1, ...two(port), ...two(8 + inside.length), 0, 0], inside);
}

/** A checksum of GRE, right as it comes. */
function withGreChecksum(type: number, inside: Uint8Array): Uint8Array {
  const whole = joined([0x80, 0, ...two(type), 0, 0, 0, 0], inside);
  write16(whole, 4, checksumOf(sumWords(whole, 0, whole.length)));
  return whole;
}

type Envelope = readonly [name: string, linkType: number, pack: (ip: Uint8Array) => Uint8Array];

/** What may stand around an IPv4 packet. */
export const envelopes: readonly Envelope[] = [
  ['PPPoE', 1, (ip) => ethernet(0x8864, joined([0x11, 0, 0, 7], two(ip.length + 2), [0, 0x21], ip))],
  [
    'PPPoE in a VLAN',
    1,
    (ip) => ethernet(0x8100, joined([0, 5, 0x88, 0x64, 0x11, 0, 0, 7], two(ip.length + 2), [0, 0x21], ip)),
  ],
  ['two MPLS labels', 1, (ip) => ethernet(0x8847, joined([0, 1, 0, 64, 0, 2, 1, 64], ip))],
  [
    'an Ethernet pseudowire',
    1,
    (ip) => ethernet(0x8847, joined([0, 2, 1, 64, 0, 0, 0, 0], ethernet(0x800, ip))),
  ],
  ['LLC and SNAP', 1, (ip) => ethernet(ip.length + 8, joined([0xaa, 0xaa, 3, 0, 0, 0, 8, 0], ip))],
  ['LLC', 1, (ip) => ethernet(ip.length + 3, joined([6, 6, 3], ip))],
  ['GRE', 1, (ip) => ethernet(0x800, inIPv4(47, joined([0, 0, 8, 0], ip)))],
  ['GRE with a key and a number', 101, (ip) => inIPv4(47, joined([0x30, 0, 8, 0], Array(8).fill(3), ip))],
  ['GRE with a checksum', 101, (ip) => inIPv4(47, withGreChecksum(0x800, ip))],
  ['GRE with Ethernet', 101, (ip) => inIPv4(47, joined([0, 0, 0x65, 0x58], ethernet(0x800, ip)))],
  [
    'ERSPAN',
    101,
    (ip) =>
      inIPv4(47, joined([0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 1, 0, 0, 0, 1], ethernet(0x800, ip))),
  ],
  [
    'PPTP',
    101,
    (ip) =>
      inIPv4(47, joined([0x30, 1, 0x88, 0x0b], two(ip.length + 4), [0, 1, 0, 0, 0, 1, 0xff, 3, 0, 0x21], ip)),
  ],
  [
    'VXLAN',
    1,
    (ip) => ethernet(0x800, inIPv4(17, inUdp(4789, joined([8, 0, 0, 0, 0, 0, 7, 0], ethernet(0x800, ip))))),
  ],
  [
    'Geneve',
    101,
    (ip) => inIPv4(17, inUdp(6081, joined([1, 0, 0x65, 0x58, 0, 0, 7, 0, 0, 0, 0, 0], ethernet(0x800, ip)))),
  ],
  ['GTP', 101, (ip) => inIPv4(17, inUdp(2152, joined([0x30, 255], two(ip.length), [0, 0, 0, 1], ip)))],
  ['IP in IP', 101, (ip) => inIPv4(4, ip)],
  ['IPv4 in IPv6', 101, (ip) => inIPv6(4, ip)],
  ['GRE in IP in IP', 101, (ip) => inIPv4(4, inIPv4(47, joined([0, 0, 8, 0], ip)))],
  [
    'an authentication header',
    101,
    (ip) => {
      const header = ip
        .slice(0, 20)
        .with(9, 51)
        .with(3, ip.length + 24);
      write16(header, 10, 0);
      write16(header, 10, checksumOf(sumWords(header, 0, 20)));
      return joined(header, [6, 4, 0, 0], Array(20).fill(1), ip.subarray(20));
    },
  ],
  ['PPP', 9, (ip) => joined([0xff, 3, 0, 0x21], ip)],
  ['compressed PPP', 9, (ip) => joined([0x21], ip)],
  ['HDLC of Cisco', 104, (ip) => joined([0x0f, 0, 8, 0], ip)],
  ['ATM', 100, (ip) => joined([0xaa, 0xaa, 3, 0, 0, 0, 8, 0], ip)],
  [
    'NFLOG',
    239,
    (ip) =>
      joined(
        [2, 0, 0, 0, 8, 0, 1, 0, 8, 0, 1, 0, 5, 0, 10, 0, 0x41, 0, 0, 0],
        [(ip.length + 4) & 255, (ip.length + 4) >>> 8, 9, 0],
        ip,
      ),
  ],
  ['a packet filter', 117, (ip) => joined([61, 2], Array(62).fill(0), ip)],
];
