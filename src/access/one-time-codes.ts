import { createHash, createHmac } from 'node:crypto';

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

/** Steps after which nobody needs to know that a code was used: two minutes. */
const remembered = 4;

/** The last step whose code was used, by a name of the secret that does not tell it. */
export type UsedSteps = ReadonlyMap<string, number>;

/** Where used steps outlive a process, and are seen by others that let in the same people. Neither throws. */
export type KeptSteps = { read(): UsedSteps; write(used: UsedSteps): void };

const forgetful: KeptSteps = { read: () => new Map(), write: () => undefined };

/** Codes of second factors. One for all logins: each code lets somebody in once. */
export class OneTimeCodes {
  readonly #kept: KeptSteps;
  readonly #now: () => number;
  /** What was used here, also where that can't be kept. */
  #used: UsedSteps = new Map();

  /** @param now milliseconds since 1970 */
  constructor(kept: KeptSteps = forgetful, now: () => number = Date.now) {
    this.#kept = kept;
    this.#now = now;
  }

  /** Whether a code is one of the secret, in base32, and was not used. */
  isFresh(secret: string, code: string): boolean {
    return this.#find(secret, code) !== undefined;
  }

  /** As `isFresh`; it is used now, and that is kept. */
  use(secret: string, code: string): boolean {
    const found = this.#find(secret, code);
    if (found === undefined) return false;
    this.#used = new Map([...found.used, [found.name, found.step]]);
    this.#kept.write(this.#used);
    return true;
  }

  #find(
    secret: string,
    code: string,
  ): { readonly name: string; readonly step: number; readonly used: UsedSteps } | undefined {
    const bytes = fromBase32(secret);
    if (bytes === undefined) return undefined;
    const present = Math.floor(this.#now() / 1000 / period);
    const used = this.#usedAround(present);
    const name = createHash('sha256').update(bytes).digest('hex');
    const first = Math.max(present - tolerance, (used.get(name) ?? -1) + 1);
    const typed = code.replace(/\s/g, '');
    for (let step = first; step <= present + tolerance; step++)
      if (codeOf(bytes, step) === typed) return { name, step, used };
    return undefined;
  }

  /** A step far ahead is of a clock that was wrong, and would keep its owner out until then. */
  #usedAround(present: number): UsedSteps {
    const used = new Map<string, number>();
    for (const [name, step] of [...this.#used, ...this.#kept.read()])
      if (Math.abs(present - step) <= remembered) used.set(name, Math.max(step, used.get(name) ?? step));
    return used;
  }
}
