import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { CommandError } from '../../../lua/errors.ts';
import type { LuaStack } from '../../../lua/stack.ts';
import type { GlobalFunction, GlobalTable } from './global.ts';

const ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;
const INSTRUCTIONS = 100;
const BYTES_PER_INSTRUCTION = 4;

const input = (stack: LuaStack, index: number): Uint8Array => {
  const bytes = stack.bytes(index);
  stack.charge(INSTRUCTIONS + bytes.length / BYTES_PER_INSTRUCTION);
  return bytes;
};

const algorithmAt = (stack: LuaStack, index: number): string => {
  const name = stack.text(index);
  const algorithm = ALGORITHMS.find((candidate) => candidate === name.toLowerCase());
  if (algorithm !== undefined) return algorithm;
  throw new CommandError(`unknown algorithm '${name}'; there are MD5, SHA1, SHA256, SHA384, SHA512`);
};

const pushDigest = (stack: LuaStack, digest: Uint8Array): number => {
  stack.pushBytes(digest);
  return 1;
};

const digest =
  (algorithm: string): GlobalFunction =>
  (stack) =>
    pushDigest(stack, createHash(algorithm).update(input(stack, 1)).digest());

const hexadecimal =
  (algorithm: string): GlobalFunction =>
  (stack) => {
    stack.pushText(createHash(algorithm).update(input(stack, 1)).digest('hex'));
    return 1;
  };

const OF_ALGORITHMS = ALGORITHMS.flatMap((name) => [
  [name, digest(name)] as const,
  [`${name}_str`, digest(name)] as const,
  [`${name}_hex`, hexadecimal(name)] as const,
  [`${name}_hex_str`, hexadecimal(name)] as const,
]);

/** FortiADC Script Reference Guide 8.0.0, "Global commands": digests are bytes, those named hex are lower-case digits. */
export const DIGESTS: GlobalTable = {
  ...Object.fromEntries(OF_ALGORITHMS),
  crc32: (stack) => {
    stack.pushInteger(crc32(input(stack, 1)));
    return 1;
  },
  EVP_Digest: (stack) =>
    pushDigest(stack, createHash(algorithmAt(stack, 1)).update(input(stack, 2)).digest()),
  HMAC: (stack) =>
    pushDigest(stack, createHmac(algorithmAt(stack, 1), stack.bytes(3)).update(input(stack, 2)).digest()),
  HMAC_verify: (stack) => {
    const expected = createHmac(algorithmAt(stack, 1), stack.bytes(3)).update(input(stack, 2)).digest();
    const given = stack.bytes(4);
    stack.pushBoolean(given.length === expected.length && timingSafeEqual(given, expected));
    return 1;
  },
};
