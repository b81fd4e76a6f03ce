import { ADDRESS_WORDS, isIPv4, MAPPED_BITS } from '../../net/address.ts';
import { addressBytes, readIPv4, readIPv6 } from '../../net/address-bytes.ts';

/** Characters of the name of a policy. */
export const policyNameLength = 8;
const addressAt = policyNameLength + 1;

/** A source as nodes tell it each other. */
export type NamedSource = {
  /** What the policy is called among nodes: eight characters below U+0100. */
  readonly policy: string;
  /** Of the address, over 128 bits. */
  readonly prefix: number;
  /** Four words, masked. */
  readonly address: Uint32Array;
};

/** The name of a source, of characters below U+0100: policy, length of the prefix, and the bytes of the address that it covers. */
export function nameOfSource({ policy, prefix, address }: NamedSource): string {
  const bytes = addressBytes(address);
  const covered = isIPv4(address) ? bytes : bytes.subarray(0, Math.ceil(prefix / 8));
  return policy + String.fromCharCode(prefix, ...covered);
}

/** Null: it is no name of a source. */
export function sourceNamed(name: string): NamedSource | null {
  const prefix = name.charCodeAt(policyNameLength);
  const bytes = Uint8Array.from(name.slice(addressAt), (character) => character.charCodeAt(0));
  const address = new Uint32Array(ADDRESS_WORDS);
  if (prefix >= MAPPED_BITS && prefix <= 128 && bytes.length === 4) readIPv4(bytes, 0, address);
  else if (prefix <= 128 && bytes.length === Math.ceil(prefix / 8)) readIPv6(bytes, 0, address);
  else return null;
  return { policy: name.slice(0, policyNameLength), prefix, address };
}
