import { type Common, described, type FieldSchema } from '../../field.ts';
import { zod } from '../../zod.ts';

/** What is kept of a password: the parameters of scrypt (RFC 7914) and what it gave. */
export type PasswordRecord = {
  /** Base-2 logarithm of N. */
  readonly cost: number;
  /** Number of lanes, p. The block size r is always 8. */
  readonly lanes: number;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
};

export const blockSize = 8;

/** Bounds on what checking a record may take, 128 MiB among them: a record can come from anywhere. */
const costs = { minimum: 10, maximum: 17 };
const mostWork = 2 ** costs.maximum;

const form = /^\$scrypt\$ln=([1-9]\d?),r=8,p=([1-9]\d?)\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** The record that a text stands for, in the form that the PHC strings have: `$scrypt$ln=15,r=8,p=1$SALT$HASH`. */
export function readPasswordRecord(text: string): PasswordRecord | undefined {
  const [, cost, lanes, salt = '', hash = ''] = form.exec(text) ?? [];
  const record = {
    cost: Number(cost),
    lanes: Number(lanes),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
  const bounded =
    record.cost >= costs.minimum &&
    record.cost <= costs.maximum &&
    2 ** record.cost * record.lanes <= mostWork;
  return bounded && printPasswordRecord(record) === text ? record : undefined;
}

export function printPasswordRecord({ cost, lanes, salt, hash }: PasswordRecord): string {
  return `$scrypt$ln=${cost},r=${blockSize},p=${lanes}$${base64(salt)}$${base64(hash)}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}

/** A password of which only a record is kept. What is typed in clear text is made into one before it gets here. */
export function password(common: Common): FieldSchema {
  const make = () =>
    zod()
      .string()
      .check((context) => {
        if (readPasswordRecord(context.value) === undefined) {
          context.issues.push({ code: 'custom', input: '' });
        }
      });
  return described(make, {
    ...common,
    kind: 'secret',
    secret: 'password',
    fault: 'invalid-value',
    expected: 'a password in clear text, or ENC and the text that "show" prints after it',
  });
}
