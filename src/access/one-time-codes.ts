import { createHmac } from 'node:crypto';

/** Seconds that a code is shown (RFC 6238, X). */
const period = 30;

/** Steps before and after the present one whose codes are taken too: clocks differ, and typing takes time. */
const tolerance = 1;

const digits = 6;

/** The code of a time step (RFC 6238 with HMAC-SHA-1, which is what applications know). */
export function codeOf(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 0xf;
  const number = mac.readUInt32BE(at) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The bytes of a text in base32 (RFC 4648), in either case, with spaces and padding or without; undefined: it is none. */
export function fromBase32(text: string): Uint8Array | undefined {
  const letters = text.toUpperCase().replace(/[\s=-]/g, '');
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of letters) {
    const value = alphabet.indexOf(letter);
    if (value < 0) return undefined;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return bytes.length === 0 ? undefined : Uint8Array.from(bytes);
}

export function toBase32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.replace(/.{1,5}/g, (group) => alphabet.charAt(Number.parseInt(group.padEnd(5, '0'), 2)));
}

/** Codes of second factors. One for all logins: each code lets somebody in once. */
export class OneTimeCodes {
  readonly #now: () => number;
  /** The last step whose code was used, by secret. */
  readonly #used = new Map<string, number>();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Whether a code is one of the secret, in base32, and was not used. */
  isFresh(secret: string, code: string): boolean {
    return this.#stepOf(secret, code) !== undefined;
  }

  /** As `isFresh`; it is used now. */
  use(secret: string, code: string): boolean {
    const step = this.#stepOf(secret, code);
    if (step !== undefined) this.#used.set(secret, step);
    return step !== undefined;
  }

  #stepOf(secret: string, code: string): number | undefined {
    const bytes = fromBase32(secret);
    if (bytes === undefined) return undefined;
    const present = Math.floor(this.#now() / 1000 / period);
    const first = Math.max(present - tolerance, (this.#used.get(secret) ?? -1) + 1);
    const typed = code.replace(/\s/g, '');
    for (let step = first; step <= present + tolerance; step++)
      if (codeOf(bytes, step) === typed) return step;
    return undefined;
  }
}
