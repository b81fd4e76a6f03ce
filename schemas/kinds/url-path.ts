import { type Common, described, type FieldSchema } from '../field.ts';
import { zod } from '../zod.ts';

/** The target of an HTTP request as it is sent: a path and perhaps a query (RFC 9112, 3.2.1). */
export function urlPath({ maximum, ...common }: Common & { maximum: number; default: string }): FieldSchema {
  const make = () =>
    zod()
      .string()
      .regex(/^\/[\x21-\x7e]*$/)
      .max(maximum);
  return described(make, {
    ...common,
    kind: 'text',
    fault: 'invalid-value',
    quoted: true,
    expected: `a path that begins with "/", of at most ${maximum} printable ASCII characters without spaces`,
  });
}
