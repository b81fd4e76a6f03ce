import { ADDRESS_WORDS, addressOf, MAPPED_BITS, maskWord } from '../../../net/address.ts';
import type { GlobalTable } from './global.ts';

/** An address as four words (net/address.ts), of which the first `prefix` bits count. */
type Network = { readonly address: Uint32Array; readonly prefix: number };

const addressBits = 128;
const wordBits = 32;
const dotted = /^[\d.]+$/;

/** The length of a netmask as `255.255.255.0`; null when its ones are not the first bits, or it is none. */
function netmaskLength(mask: string): number | null {
  const bits = addressOf(mask)?.[ADDRESS_WORDS - 1];
  if (bits === undefined) return null;
  const hostBits = ~bits >>> 0;
  return (hostBits & (hostBits + 1)) === 0 ? Math.clz32(hostBits) : null;
}

function digitsIn(text: string): number | null {
  return /^\d{1,3}$/.test(text) ? Number(text) : null;
}

/** The length of a prefix in all 128 bits; null when it is malformed, or too long. */
function prefixOf(mask: string | undefined, isV4: boolean): number | null {
  if (mask === undefined) return addressBits;
  const length = digitsIn(mask) ?? (isV4 && dotted.test(mask) ? netmaskLength(mask) : null);
  if (length === null) return null;
  const prefix = length + (isV4 ? MAPPED_BITS : 0);
  return prefix > addressBits ? null : prefix;
}

/** `192.0.2.0/24`, `192.0.2.0/255.255.255.0`, `2001:db8::/32`, or an address alone. Null: none of them. */
function networkIn(text: string): Network | null {
  const [before = '', mask, more] = text.trim().split('/');
  const address = addressOf(before);
  const prefix = prefixOf(mask, !before.includes(':'));
  return address === null || prefix === null || more !== undefined ? null : { address, prefix };
}

/** Whether two networks have an address in common. */
function overlap(one: Network, other: Network): boolean {
  const bits = Math.min(one.prefix, other.prefix);
  for (let word = 0; word < ADDRESS_WORDS; word++) {
    const difference = (one.address[word] ?? 0) ^ (other.address[word] ?? 0);
    if (maskWord(difference, bits - word * wordBits) !== 0) return false;
  }
  return true;
}

/** Groups are mostly constants of a script, so that parsed ones are kept. */
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
  /** Whether an address, or a network, overlaps one of a comma-separated group. */
  cmp_addr: (stack) => {
    const address = networkIn(stack.text(1));
    const group = stack.text(2);
    stack.meter.charge(group.length * (groups.has(group) ? 1 : instructionsPerByte));
    const isMatch = address !== null && groupIn(group).some((network) => overlap(address, network));
    stack.pushBoolean(isMatch);
    return 1;
  },
};
