import ipaddr from 'ipaddr.js';

/** How many bits `255.255.255.0` and its like leave to the network; undefined where a text is none of these. */
export function lengthOfNetmask(text: string): number | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
  return ipaddr.IPv4.parse(text).prefixLengthFromSubnetMask() ?? undefined;
}
