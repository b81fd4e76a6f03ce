import { type Common, described, type FieldSchema } from '../../field.ts';
import { zod } from '../../zod.ts';

/** A name of letters, digits, dots, hyphens and underscores: what a prompt can hold without quoting. */
export function hostName({
  maximum,
  ...common
}: Common & { maximum: number; default?: string }): FieldSchema {
  const make = () =>
    zod()
      .string()
      .regex(/^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/)
      .max(maximum);
  return described(make, {
    ...common,
    kind: 'text',
    fault: 'invalid-value',
    quoted: true,
    expected: `a host name of at most ${maximum} characters: letters, digits, ".", "-" and "_"`,
  });
}
