import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { printSealedSecret, readSealedSecret } from '../../schemas/kinds/sealed-secret.ts';
import { codeOf } from '../text/reason.ts';

const algorithm = 'aes-256-gcm';
const keyLength = 32;
const nonceLength = 12;
const tagLength = 16;

export type Opened = { readonly clearText: string } | { readonly failure: 'other-key' | 'damaged' };

/** The key of one installation: secrets that Levee needs in clear text are kept under it. */
export class SecretKey {
  readonly #load: (create: boolean) => Buffer | undefined;
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

  /** Throws where the file can't be read or made, or holds no key. */
  seal(clearText: string): string {
    const key = this.#get(true);
    if (key === undefined) throw new Error('no key was made');
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength });
    const ciphertext = Buffer.concat([cipher.update(clearText, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return printSealedSecret({ keyId: idOf(key), nonce, ciphertext });
  }

  /** Throws where the file can't be read, or holds no key. */
  open(kept: string): Opened {
    const sealed = readSealedSecret(kept);
    if (sealed === undefined) return { failure: 'damaged' };
    const key = this.#get(false);
    if (key === undefined || idOf(key) !== sealed.keyId) return { failure: 'other-key' };
    const { nonce, ciphertext } = sealed;
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagLength });
    decipher.setAuthTag(ciphertext.subarray(-tagLength));
    try {
      const clear = [decipher.update(ciphertext.subarray(0, -tagLength)), decipher.final()];
      return { clearText: Buffer.concat(clear).toString('utf8') };
    } catch {
      // The tag does not fit: `final` has no other failure.
      return { failure: 'damaged' };
    }
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
