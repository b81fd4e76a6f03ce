import { read } from '../../memory/words.ts';
import { isIPv4, MAPPED_BITS, maskWord } from '../../net/address.ts';

/**
 * A source's key, the same in a slot and in a scratch array: policy, prefix length over 128 bits, four words
 * of masked address. The prefix is part of it, or after a change of prefix 10.0.0.0/32 would pass for
 * 10.0.0.0/24.
 */
export const KEY_WORDS = 6;
export const KEY_PREFIX = 1;
export const KEY_ADDRESS = 2;

/** By what the sources of a policy are told apart: its row id, and how much of an address counts. */
export type SourceScope = {
  readonly policy: number;
  readonly prefixV4: number;
  readonly prefixV6: number;
};

/** A scope that is about to change. */
export type FormerScope = SourceScope & {
  /** The epoch of the table from which it is no longer in effect. */
  readonly until: number;
};

/** A scope that takes effect when all workers change to it in one moment; until then the former one does. */
export type ChangingScope = SourceScope & {
  /** Null: it is in effect. */
  readonly former: FormerScope | null;
};

/** By what sources are told apart at an epoch of the table. */
export function scopeAt(scope: ChangingScope, epoch: number): SourceScope {
  return scope.former !== null && epoch < scope.former.until ? scope.former : scope;
}

/** Reads four words of address from `at`, in network order; ::ffff:a.b.c.d is IPv4. */
export function writeKey(
  key: Int32Array,
  scope: SourceScope,
  address: Uint32Array | Int32Array,
  at: number,
): void {
  const prefix = isIPv4(address, at) ? MAPPED_BITS + scope.prefixV4 : scope.prefixV6;
  writeNetworkKey(key, scope.policy, address, at, prefix);
}

/** Likewise, with a prefix length over 128 bits. */
export function writeNetworkKey(
  key: Int32Array,
  policy: number,
  address: Uint32Array | Int32Array,
  at: number,
  prefix: number,
): void {
  key[0] = policy;
  key[KEY_PREFIX] = prefix;
  key[KEY_ADDRESS] = maskWord(address[at] ?? 0, prefix);
  key[KEY_ADDRESS + 1] = maskWord(address[at + 1] ?? 0, prefix - 32);
  key[KEY_ADDRESS + 2] = maskWord(address[at + 2] ?? 0, prefix - 64);
  key[KEY_ADDRESS + 3] = maskWord(address[at + 3] ?? 0, prefix - 96);
}

export function isKeyAt(words: Int32Array, at: number, key: Int32Array): boolean {
  for (let word = 0; word < KEY_WORDS; word++) {
    if (read(words, at + word) !== read(key, word)) return false;
  }
  return true;
}

const LAST_BLOCK = KEY_WORDS;
const rounds = KEY_WORDS + 4;

/**
 * HalfSipHash-1-3 of a key (Aumasson and Bernstein): clients choose their addresses, so without a secret seed
 * they could choose them all for one chain.
 */
export function hashKey(seed0: number, seed1: number, words: Int32Array, at: number): number {
  let v0 = seed0;
  let v1 = seed1;
  let v2 = 0x6c796765 ^ seed0;
  let v3 = 0x74656462 ^ seed1;
  for (let round = 0; round < rounds; round++) {
    const block =
      round < LAST_BLOCK ? read(words, at + round) : round === LAST_BLOCK ? (KEY_WORDS * 4) << 24 : 0;
    v3 ^= block;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= block;
    if (round === LAST_BLOCK) v2 ^= 0xff;
  }
  return v1 ^ v3;
}
