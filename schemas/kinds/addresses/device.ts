import { type Common, canonicalText, described, type FieldSchema } from '../../field.ts';
import { canonicalAddress } from './address.ts';

/** A name that the system could give an interface, with the number of an alias; no address that is mistyped. */
const interfaceName = /^(?![\d.]+$)[^\s/%:]{1,15}(?::\d{1,3})?$/u;

/** Something to listen on: a network interface of this machine, or an address. */
export function device(common: Common): FieldSchema {
  const make = () =>
    canonicalText((text) => canonicalAddress(text) ?? (interfaceName.test(text) ? text : undefined));
  return described(make, {
    ...common,
    kind: 'text',
    fault: 'invalid-value',
    quoted: true,
    expected: 'the name of a network interface of this machine, such as eth0, or an address',
  });
}
