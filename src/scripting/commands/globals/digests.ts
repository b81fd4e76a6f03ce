import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { LuaError } from '../../../lua/host/errors.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import type { GlobalFunction, GlobalTable } from './global.ts';

const algorithms = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;
const instructions = 100;
const bytesPerInstruction = 4;

function input(stack: LuaStack, index: number): Uint8Array {
  const bytes = stack.bytes(index);
  stack.meter.charge(instructions + bytes.length / bytesPerInstruction);
  return bytes;
}

function algorithmAt(stack: LuaStack, index: number): string {
  const name = stack.text(index);
  const algorithm = algorithms.find((candidate) => candidate === name.toLowerCase());
  if (algorithm !== undefined) return algorithm;
  throw new LuaError(`unknown algorithm '${name}'; there are MD5, SHA1, SHA256, SHA384, SHA512`);
}

function pushDigest(stack: LuaStack, digest: Uint8Array): number {
  stack.pushBytes(digest);
  return 1;
}

function digest(algorithm: string): GlobalFunction {
  return (stack) => pushDigest(stack, createHash(algorithm).update(input(stack, 1)).digest());
}

function hexadecimal(algorithm: string): GlobalFunction {
  return (stack) => {
    stack.pushText(createHash(algorithm).update(input(stack, 1)).digest('hex'));
    return 1;
  };
}

const ofAlgorithms = algorithms.flatMap((name) => [
  [name, digest(name)] as const,
  [`${name}_str`, digest(name)] as const,
  [`${name}_hex`, hexadecimal(name)] as const,
  [`${name}_hex_str`, hexadecimal(name)] as const,
]);

/** FortiADC Script Reference Guide 8.0.0, "Global commands". Digests are bytes; those named hex, lower-case digits. */
export const digests: GlobalTable = {
  ...Object.fromEntries(ofAlgorithms),
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
