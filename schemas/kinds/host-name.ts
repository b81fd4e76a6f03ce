import { z } from 'zod';
import { type Common, described, type FieldSchema } from '../field.ts';

/** A name of letters, digits, dots, hyphens and underscores: what a prompt can hold without quoting. */
export function hostName({
  maximum,
  ...common
}: Common & { maximum: number; default?: string }): FieldSchema {
  const schema = z
    .string()
    .regex(/^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/)
    .max(maximum);
  return described(schema, {
    ...common,
    kind: 'text',
    fault: 'invalid-value',
    quoted: true,
    expected: `a host name of at most ${maximum} characters: letters, digits, ".", "-" and "_"`,
  });
}
