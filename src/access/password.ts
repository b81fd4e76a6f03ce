import { randomBytes, type ScryptOptions, scrypt, scryptSync, timingSafeEqual } from 'node:crypto';
import {
  blockSize,
  type PasswordRecord,
  printPasswordRecord,
  readPasswordRecord,
} from '../../schemas/kinds/secrets/secret.ts';

type Effort = Pick<PasswordRecord, 'cost' | 'lanes'>;

/** 32 MiB, and some 60 ms on a small server. */
const presentEffort: Effort = { cost: 15, lanes: 1 };

const saltLength = 16;
const hashLength = 32;

/** The record to keep of a password, which has no NUL (see `isConfusable`). Runs beside this thread: for a session, where other work must go on. */
export async function hashPassword(clearText: string, effort: Effort = presentEffort): Promise<string> {
  const salt = randomBytes(saltLength);
  const hash = await oneAtATime(() => derive(clearText, salt, effort));
  return printPasswordRecord({ ...effort, salt, hash });
}

/** As `hashPassword`, but stops this thread for as long: for a process that does nothing else. */
export function hashPasswordSync(clearText: string, effort: Effort = presentEffort): string {
  const salt = randomBytes(saltLength);
  const hash = scryptSync(prepared(clearText), salt, hashLength, options(effort));
  return printPasswordRecord({ ...effort, salt, hash });
}

/** Whether a password is the one of a record. The time that it takes tells nothing of the password. Throws for no record. */
export async function verifyPassword(clearText: string, record: string): Promise<boolean> {
  const read = readPasswordRecord(record);
  if (read === undefined) throw new Error('what is kept of a password is no password record');
  const hash = await oneAtATime(() => derive(clearText, read.salt, read));
  return timingSafeEqual(hash, read.hash) && !isConfusable(clearText);
}

/** A record that no password is known of: to check against it takes as long as against any other. */
export function decoyRecord(): string {
  return printPasswordRecord({
    ...presentEffort,
    salt: randomBytes(saltLength),
    hash: randomBytes(hashLength),
  });
}

function derive(clearText: string, salt: Uint8Array, effort: Effort): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  scrypt(prepared(clearText), salt, hashLength, options(effort), (error, hash) => {
    if (error === null) resolve(hash);
    else reject(error);
  });
  return promise;
}

/** HMAC fills a short key with zeros (RFC 2104), and scrypt is made of it: with a NUL behind it, a password hashes as without. */
function isConfusable(clearText: string): boolean {
  return clearText.includes('\0');
}

/** The same characters make the same password on every keyboard (RFC 8265). */
function prepared(clearText: string): string {
  return clearText.normalize('NFC');
}

function options({ cost, lanes }: Effort): ScryptOptions {
  const memory = 128 * blockSize * (2 ** cost + lanes + 2);
  return { cost: 2 ** cost, blockSize, parallelization: lanes, maxmem: 2 * memory };
}

let last: Promise<unknown> = Promise.resolve();

/** Each takes a processor and its memory for a while; connections are being carried on the same ones. */
function oneAtATime<T>(task: () => Promise<T>): Promise<T> {
  const result = last.then(task);
  last = result.catch(() => undefined);
  return result;
}
