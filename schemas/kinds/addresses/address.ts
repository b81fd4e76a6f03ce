import ipaddr from 'ipaddr.js';
import { type Common, canonicalText, described, type FieldSchema } from '../../field.ts';
import { zod } from '../../zod.ts';

type Family = 'ipv4' | 'ipv6';

/** Dotted quads only: `10.1`, `0x7f.1` and `010.0.0.1` mean different things to different programs. */
const quad = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/;

/** The canonical text of an address (RFC 5952 for IPv6), or undefined. A scope (`%eth0`) is no part of one here. */
export function canonicalAddress(text: string, family?: Family): string | undefined {
  if (text.includes('%') || (!text.includes(':') && !quad.test(text)) || !ipaddr.isValid(text))
    return undefined;
  const address = ipaddr.parse(text);
  return family === undefined || address.kind() === family ? address.toString() : undefined;
}

/** Whether it is an IPv4 address written as an IPv6 one: a socket that is IPv6-only can't have it. */
function isMapped(canonical: string): boolean {
  const parsed = ipaddr.parse(canonical);
  return parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress();
}

/** An IPv4 or IPv6 address. */
export function address(common: Common & { default?: string }): FieldSchema {
  return described(() => canonicalText((text) => canonicalAddress(text)), {
    ...common,
    kind: 'address',
    fault: 'not-an-address',
    expected: 'an IPv4 or IPv6 address',
  });
}

type WithLength = Common & { family: Family; default?: string };

/** An address and a prefix length, `192.0.2.1/24`. Without a length it is the address alone (/32 or /128). */
export function addressWithLength({ family, ...common }: WithLength): FieldSchema {
  const bits = family === 'ipv4' ? 32 : 128;
  const make = () =>
    zod().codec(zod().string(), zod().string(), {
      decode: (text, context) => {
        const [host = '', length = String(bits), ...more] = text.split('/');
        const canonical = canonicalAddress(host, family);
        const valid =
          canonical !== undefined &&
          !isMapped(canonical) &&
          more.length === 0 &&
          /^\d{1,3}$/.test(length) &&
          Number(length) <= bits;
        if (!valid) context.issues.push({ code: 'custom', input: text });
        return `${canonical}/${Number(length)}`;
      },
      encode: (value) => value,
    });
  const example = family === 'ipv4' ? '192.0.2.10/24' : '2001:db8::10/64';
  return described(make, {
    ...common,
    kind: 'address',
    fault: 'not-an-address',
    expected: `an ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address with its prefix length, such as ${example}`,
    ...(family === 'ipv4' ? { takesNetmask: true } : {}),
  });
}
