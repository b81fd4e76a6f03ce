import { LuaError } from '../../../lua/host/errors.ts';
import { binaryString } from '../../../lua/values/binary-string.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import type { GlobalFunction, GlobalTable } from './global.ts';

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2,3}={0,2})?$/;
const unreserved = /[A-Za-z0-9\-._~]/;
const instructionsPerByte = 2;

function text(stack: LuaStack, index: number): string {
  const value = stack.text(index);
  stack.meter.charge(value.length * instructionsPerByte);
  return value;
}

function toText(convert: (value: string) => string): GlobalFunction {
  return (stack) => {
    stack.pushText(convert(text(stack, 1)));
    return 1;
  };
}

/** RFC 4648, 6, with padding. */
function encodeBase32(value: string): string {
  let bits = 0;
  let held = 0;
  let encoded = '';
  for (let index = 0; index < value.length; index++) {
    held = (held << 8) | value.charCodeAt(index);
    for (bits += 8; bits >= 5; bits -= 5) encoded += base32[(held >>> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  if (bits > 0) encoded += base32[(held << (5 - bits)) & 31];
  return encoded.padEnd(Math.ceil(encoded.length / 8) * 8, '=');
}

function decodeBase32(value: string): string {
  let bits = 0;
  let held = 0;
  let decoded = '';
  let end = value.length;
  while (value[end - 1] === '=') end--;
  for (const character of value.slice(0, end).toUpperCase()) {
    const digit = base32.indexOf(character);
    if (digit < 0) throw new LuaError('this is not base32');
    held = (held << 5) | digit;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    decoded += String.fromCharCode((held >>> bits) & 0xff);
    held &= (1 << bits) - 1;
  }
  return decoded;
}

function decodeBase64(value: string): string {
  if (!base64Pattern.test(value)) throw new LuaError('this is not base64');
  return binaryString(Buffer.from(value, 'base64'));
}

/** Each byte as a URL has it. */
const inUrl = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return unreserved.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});

function encodeUrl(value: string): string {
  let encoded = '';
  for (let index = 0; index < value.length; index++) encoded += inUrl[value.charCodeAt(index)] ?? '';
  return encoded;
}

function decodeUrl(value: string): string {
  return value.replace(/%([0-9A-Fa-f]{2})/g, (_whole, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** Reverses bytes: every machine that Levee runs on is little-endian. One function converts both ways. */
function swapped(bits: 16 | 32): GlobalFunction {
  return (stack) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(Number(BigInt.asUintN(bits, stack.wideInteger(1))));
    stack.pushInteger(bits === 16 ? bytes.readUInt16BE() : bytes.readUInt32BE());
    return 1;
  };
}

const base64 = toText((value) => Buffer.from(value, 'latin1').toString('base64'));

/** FortiADC Script Reference Guide 8.0.0, "Global commands"; digits of to_HEX are lower-case as those of the digests. */
export const encodings: GlobalTable = {
  b32_enc: toText(encodeBase32),
  b32_enc_str: toText(encodeBase32),
  b32_dec: toText(decodeBase32),
  b32_dec_str: toText(decodeBase32),
  b64_enc: base64,
  b64_enc_str: base64,
  b64_dec: toText(decodeBase64),
  b64_dec_str: toText(decodeBase64),
  url_enc: toText(encodeUrl),
  url_dec: toText(decodeUrl),
  to_HEX: toText((value) => Buffer.from(value, 'latin1').toString('hex')),
  htonl: swapped(32),
  ntohl: swapped(32),
  htons: swapped(16),
  ntohs: swapped(16),
};
