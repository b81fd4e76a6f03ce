import { type Common, described, type FieldMeta, type FieldSchema } from '../../field.ts';
import { zod } from '../../zod.ts';

/** What is kept of a secret that can be had back: AES-256-GCM under the key of one installation. */
export type SealedSecret = {
  /** Tells keys apart: the beginning of the SHA-256 of the key, in hex. */
  readonly keyId: string;
  readonly nonce: Uint8Array;
  /** Ciphertext, then the tag of 16 bytes. */
  readonly ciphertext: Uint8Array;
};

const form = /^\$aes256gcm\$k=([0-9a-f]{16})\$([A-Za-z0-9+/]{16})\$([A-Za-z0-9+/]{22,24000})$/;
const tagLength = 16;

/** The sealed secret that a text stands for: `$aes256gcm$k=KEYID$NONCE$CIPHERTEXT`. */
export function readSealedSecret(text: string): SealedSecret | undefined {
  const [, keyId = '', nonce = '', ciphertext = ''] = form.exec(text) ?? [];
  const sealed = {
    keyId,
    nonce: Buffer.from(nonce, 'base64'),
    ciphertext: Buffer.from(ciphertext, 'base64'),
  };
  return sealed.ciphertext.length >= tagLength && printSealedSecret(sealed) === text ? sealed : undefined;
}

export function printSealedSecret({ keyId, nonce, ciphertext }: SealedSecret): string {
  return `$aes256gcm$k=${keyId}$${base64(nonce)}$${base64(ciphertext)}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}

/** Characters of one in clear text, where its field says nothing. */
const usualLength = 255;

/**
 * A secret that Levee itself must have in clear text, to log in elsewhere. It is sealed before it gets here.
 *
 * @param common with all fields of the row that decide who gets to know it, and the one that means nothing without it
 * @param maximum characters of the clear text, at most 4096
 */
export function sealedSecret({
  maximum = usualLength,
  ...common
}: Common &
  Required<Pick<FieldMeta, 'givenFor' | 'usedBy'>> &
  Pick<FieldMeta, 'secretForm'> & { maximum?: number }): FieldSchema {
  const make = () =>
    zod()
      .string()
      .check((context) => {
        if (readSealedSecret(context.value) === undefined) context.issues.push({ code: 'custom', input: '' });
      });
  return described(make, {
    ...common,
    kind: 'secret',
    secret: 'reversible',
    longestSecret: maximum,
    fault: 'invalid-value',
    expected: 'a secret in clear text, or ENC and the text that "show" prints after it',
  });
}
