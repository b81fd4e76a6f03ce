import ipaddr from 'ipaddr.js';
import { addressFamily } from '../../../net/address-family.ts';
import type { GlobalTable } from './global.ts';

/** 128 bits; IPv4 is ::ffff:a.b.c.d. */
type Network = { readonly bytes: readonly number[]; readonly prefix: number };

const addressBits = 128;
const v4Offset = 96;
const dotted = /^\d+\.\d+\.\d+\.\d+$/;

function prefixOf(mask: string | undefined, isV4: boolean): number | null {
  if (mask === undefined) return addressBits;
  const offset = isV4 ? v4Offset : 0;
  if (isV4 && dotted.test(mask) && addressFamily(mask) === 4) {
    const length = ipaddr.IPv4.parse(mask).prefixLengthFromSubnetMask();
    return length === null ? null : length + offset;
  }
  const length = /^\d{1,3}$/.test(mask) ? Number(mask) : addressBits + 1;
  return length + offset > addressBits ? null : length + offset;
}

/** `192.0.2.0/24`, `192.0.2.0/255.255.255.0`, `2001:db8::/32`, or an address alone. Null: none of them. */
function networkIn(text: string): Network | null {
  const [address = '', mask, more] = text.trim().split('/');
  const version = addressFamily(address);
  const prefix = prefixOf(mask, version === 4);
  if (version === 0 || prefix === null || more !== undefined) return null;
  const parsed = ipaddr.parse(address);
  const wide = parsed.kind() === 'ipv4' ? ipaddr.IPv4.parse(address).toIPv4MappedAddress() : parsed;
  return { bytes: wide.toByteArray(), prefix };
}

function share(one: Network, other: Network): boolean {
  const bits = Math.min(one.prefix, other.prefix);
  for (let bit = 0; bit < bits; bit += 8) {
    const index = bit / 8;
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff;
    if (((one.bytes[index] ?? 0) & mask) !== ((other.bytes[index] ?? 0) & mask)) return false;
  }
  return true;
}

/** Groups are mostly written in the script: those asked for last are kept taken apart. */
const keptGroups = 64;
const longestKept = 16_384;
const groups = new Map<string, readonly Network[]>();

function groupIn(text: string): readonly Network[] {
  const kept = groups.get(text);
  if (kept !== undefined) return kept;
  const networks = text
    .split(',')
    .map(networkIn)
    .filter((network) => network !== null);
  if (groups.size >= keptGroups) groups.clear();
  if (text.length <= longestKept) groups.set(text, networks);
  return networks;
}

const instructionsPerByte = 15;

/** FortiADC Script Reference Guide 8.0.0, "cmp_addr". */
export const addresses: GlobalTable = {
  /** Whether the address, or network, lies in one of a comma-separated group, or one of those in it. */
  cmp_addr: (stack) => {
    const address = networkIn(stack.text(1));
    const group = stack.text(2);
    stack.meter.charge(group.length * (groups.has(group) ? 1 : instructionsPerByte));
    const isMatch = address !== null && groupIn(group).some((network) => share(address, network));
    stack.pushBoolean(isMatch);
    return 1;
  },
};
