import ipaddr from 'ipaddr.js';
import { type Common, canonicalText, described, type FieldSchema } from '../../field.ts';
import { canonicalAddress } from './address.ts';

/**
 * The canonical text of an address, of a prefix (`192.0.2.0/24`, host bits cleared) or of a range (`a-b`), or
 * undefined. What holds one address alone is that address; IPv4 written as IPv6 is IPv4.
 */
export function canonicalRange(text: string): string | undefined {
  const [first = '', last, ...more] = text.split('-');
  if (more.length > 0) return undefined;
  return last === undefined ? canonicalPrefix(first) : between(first, last);
}

/** An IPv4 or IPv6 address, alone, with a prefix length, or as the first of a range. */
export function addressRange(common: Common): FieldSchema {
  return described(() => canonicalText(canonicalRange), {
    ...common,
    kind: 'address',
    fault: 'not-an-address',
    expected: 'an address, a prefix such as 192.0.2.0/24 or 2001:db8::/32, or a range of addresses a-b',
  });
}

function between(first: string, last: string): string | undefined {
  const from = readAddress(first);
  const to = readAddress(last);
  if (from === undefined || to === undefined || from.kind() !== to.kind()) return undefined;
  const order = Buffer.compare(Buffer.from(from.toByteArray()), Buffer.from(to.toByteArray()));
  if (order > 0) return undefined;
  return order === 0 ? from.toString() : `${from}-${to}`;
}

function canonicalPrefix(text: string): string | undefined {
  const [host = '', length, ...more] = text.split('/');
  const address = readAddress(host);
  if (address === undefined || more.length > 0) return undefined;
  if (length === undefined) return address.toString();
  // The length of a prefix of IPv4 that is written as IPv6 counts the 96 bits before it.
  const bits = Number(length) - (host.includes(':') && address.kind() === 'ipv4' ? 96 : 0);
  const whole = address.kind() === 'ipv4' ? 32 : 128;
  if (!/^\d{1,3}$/.test(length) || bits < 0 || bits > whole) return undefined;
  if (bits === whole) return address.toString();
  const network = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${network.networkAddressFromCIDR(`${address}/${bits}`)}/${bits}`;
}

function readAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const canonical = canonicalAddress(text);
  return canonical === undefined ? undefined : ipaddr.process(canonical);
}
