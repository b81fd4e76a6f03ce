import assert from 'node:assert/strict';
import { parseAddress } from '../../src/net/address.ts';

export function words(text: string): Uint32Array {
  const address = new Uint32Array(4);
  assert.ok(parseAddress(text, address), `${text} is no address`);
  return address;
}

export function bitsOf(address: Uint32Array): bigint {
  return address.reduce((bits, word) => (bits << 32n) | BigInt(word), 0n);
}
