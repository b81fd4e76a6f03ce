import { type Common, canonicalText, described, type FieldSchema } from '../../field.ts';
import { canonicalAddress } from './address.ts';

/** Labels of RFC 1123, and the underscore that real names have. All digits and dots would be a mistyped address. */
const label = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/;

function isName(text: string): boolean {
  return text.length <= 253 && !/^[\d.]+$/.test(text) && text.split('.').every((part) => label.test(part));
}

/** Another machine: its IPv4 or IPv6 address, or its name in the DNS. */
export function server(common: Common): FieldSchema {
  const make = () => canonicalText((text) => canonicalAddress(text) ?? (isName(text) ? text : undefined));
  return described(make, {
    ...common,
    kind: 'text',
    fault: 'not-an-address',
    quoted: true,
    expected: 'an IPv4 or IPv6 address, or a host name',
  });
}
