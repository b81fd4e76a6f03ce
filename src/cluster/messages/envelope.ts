import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scrypt } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const keyLength = 32;
const keyIdLength = 8;
const nonceLength = 12;
const tagLength = 16;
const headLength = 1 + nonceLength + tagLength;
/** Of the form below. */
const version = 1;

/**
 * What nodes write into the store, for those only who have the key of the cluster: whoever can write there can neither
 * read it nor make one, nor put one in the place of another. That an old one is not written again, its content must show.
 */
export class Envelopes {
  readonly #key: Uint8Array;
  /** Tells keys apart, and says nothing else of them. */
  readonly keyId: string;

  /** @param key as `clusterKey` makes it */
  constructor(key: Uint8Array) {
    this.#key = key;
    this.keyId = Buffer.from(hkdfSync('sha256', key, '', 'name', keyIdLength)).toString('hex');
  }

  /** `place`: the channel or the name under which it is kept: it opens there only. */
  seal(content: Uint8Array, place: string): Buffer {
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv(algorithm, this.#key, nonce, { authTagLength: tagLength });
    cipher.setAAD(Buffer.from(place, 'utf8'));
    const ciphertext = [cipher.update(content), cipher.final()];
    return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), ...ciphertext]);
  }

  /** Null: it is of another key, place or version, or was changed. */
  open(sealed: Uint8Array, place: string): Buffer | null {
    if (sealed.length < headLength || sealed[0] !== version) return null;
    const nonce = sealed.subarray(1, 1 + nonceLength);
    const decipher = createDecipheriv(algorithm, this.#key, nonce, { authTagLength: tagLength });
    decipher.setAAD(Buffer.from(place, 'utf8'));
    decipher.setAuthTag(sealed.subarray(1 + nonceLength, headLength));
    const content = decipher.update(sealed.subarray(headLength));
    try {
      return Buffer.concat([content, decipher.final()]);
    } catch {
      // All that final can find is that the tag does not fit.
      return null;
    }
  }
}

/**
 * The key that the nodes share, of the text that an administrator has given to each of them, and the prefix of the names
 * in the store. Takes some 50 ms, so that guessing does, too.
 */
export async function clusterKey(text: string, prefix: string): Promise<Uint8Array> {
  const stretched = await new Promise<Buffer>((resolve, reject) => {
    scrypt(
      text,
      `levee cluster ${prefix}`,
      keyLength,
      { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 },
      (error, key) => {
        if (error === null) resolve(key);
        else reject(error);
      },
    );
  });
  return new Uint8Array(hkdfSync('sha256', stretched, '', 'envelopes', keyLength));
}
