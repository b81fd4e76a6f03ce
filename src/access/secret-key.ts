import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { printSealedSecret, readSealedSecret } from '../../schemas/kinds/secrets/sealed-secret.ts';
import { codeOf } from '../text/reason.ts';

const algorithm = 'aes-256-gcm';
const keyLength = 32;
const nonceLength = 12;
const tagLength = 16;

/** `not-for-it`: it was sealed for another destination, or is damaged: which of these can't be told. */
export type Failure = 'other-key' | 'not-for-it';

export type Opened = { readonly clearText: string } | { readonly failure: Failure };

/** Stands for the destination of what earlier versions have sealed: for any. */
export const anyDestination = '';

/**
 * The key of one installation: secrets that Levee needs in clear text are kept under it. Each is sealed for its
 * destination (schemas/destination.ts), and opens for no other.
 */
export class SecretKey {
  readonly #load: (create: boolean) => Buffer | undefined;
  /** Of secrets that are held until their row is saved. Nobody else can know it, after this process nobody at all. */
  readonly #undecided = randomBytes(keyLength).toString('hex');
  #key: Buffer | undefined;

  private constructor(load: (create: boolean) => Buffer | undefined) {
    this.#load = load;
  }

  /** Kept in a file for its owner alone (0600, hexadecimal), which is made when the first secret is. */
  static ofFile(file: string): SecretKey {
    return new SecretKey((create) => readKey(file) ?? (create ? createKey(file) : undefined));
  }

  /** Of this process alone. */
  static random(): SecretKey {
    const key = randomBytes(keyLength);
    return new SecretKey(() => key);
  }

  /** Seals a secret whose destination is not known before its row is saved: then `settle` takes it. */
  hold(clearText: string): string {
    return this.seal(clearText, this.#undecided);
  }

  isHeld(kept: string): boolean {
    return 'clearText' in this.open(kept, this.#undecided);
  }

  /** What was held sealed for its destination; what is sealed for it already is as it was. Throws as `open`. */
  settle(kept: string, destination: string): { readonly sealed: string } | { readonly failure: Failure } {
    const opened = this.open(kept, destination);
    if ('clearText' in opened) return { sealed: kept };
    const held = this.open(kept, this.#undecided);
    return 'clearText' in held ? { sealed: this.seal(held.clearText, destination) } : opened;
  }

  /** Throws where the file can't be read or made, or holds no key. */
  seal(clearText: string, destination: string): string {
    const key = this.#get(true);
    if (key === undefined) throw new Error('no key was made');
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength });
    cipher.setAAD(Buffer.from(destination, 'utf8'));
    const ciphertext = Buffer.concat([cipher.update(clearText, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return printSealedSecret({ keyId: idOf(key), nonce, ciphertext });
  }

  /** Throws where the file can't be read, or holds no key. */
  open(kept: string, destination: string): Opened {
    const sealed = readSealedSecret(kept);
    if (sealed === undefined) return { failure: 'not-for-it' };
    const key = this.#get(false);
    if (key === undefined || idOf(key) !== sealed.keyId) return { failure: 'other-key' };
    const { nonce, ciphertext } = sealed;
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagLength });
    decipher.setAAD(Buffer.from(destination, 'utf8'));
    decipher.setAuthTag(ciphertext.subarray(-tagLength));
    try {
      const clear = [decipher.update(ciphertext.subarray(0, -tagLength)), decipher.final()];
      return { clearText: Buffer.concat(clear).toString('utf8') };
    } catch {
      // The tag does not fit: `final` has no other failure.
      return { failure: 'not-for-it' };
    }
  }

  /** Whether it was sealed under this key, or claims so. Throws as `open`. */
  isOfThisKey(kept: string): boolean {
    const key = this.#get(false);
    return key !== undefined && readSealedSecret(kept)?.keyId === idOf(key);
  }

  #get(create: boolean): Buffer | undefined {
    this.#key ??= this.#load(create);
    return this.#key;
  }
}

function idOf(key: Buffer): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}

function readKey(file: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const key = /^[0-9a-f]{64}\n?$/.test(text) ? Buffer.from(text.trim(), 'hex') : undefined;
  if (key === undefined) throw new Error(`${file} holds no key: 64 hexadecimal digits`);
  return key;
}

/**
 * A secret that is sealed under a key which a crash has lost would be lost with it; a file that a crash has left empty
 * would be no key for ever.
 */
function createKey(file: string): Buffer {
  const key = randomBytes(keyLength);
  const unfinished = `${file}.new`;
  rmSync(unfinished, { force: true });
  const descriptor = openSync(unfinished, 'wx', 0o600);
  try {
    writeSync(descriptor, `${key.toString('hex')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, file);
  return key;
}
