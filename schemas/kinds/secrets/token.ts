import { type Common, described, type FieldSchema } from '../../field.ts';
import { zod } from '../../zod.ts';

/** What is kept of a token: what SHA-256 makes of it. A token is of 256 random bits, so that nobody can try them all. */
const form = /^\$sha256\$[A-Za-z0-9+/]{43}$/;

export function isTokenRecord(text: string): boolean {
  return form.test(text);
}

/** A token of which only a record is kept. It is made here, and shown once. */
export function token(common: Common): FieldSchema {
  const make = () => zod().string().regex(form);
  return described(make, {
    ...common,
    kind: 'secret',
    secret: 'token',
    fault: 'invalid-value',
    expected:
      'a token that "execute api-token create" has made, or ENC and the text that "show" prints after it',
  });
}
