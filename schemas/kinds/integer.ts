import { type Common, described, type FieldMeta, type FieldSchema } from '../field.ts';
import { zod } from '../zod.ts';

type Integer = Common & { minimum: number; maximum: number; default?: number; unit?: string };

export function integer({ minimum, maximum, unit, ...common }: Integer): FieldSchema {
  const make = () => {
    const z = zod();
    const number = z.int().min(minimum).max(maximum);
    return z.codec(z.string().regex(/^\d{1,15}$/), number, {
      decode: (text) => Number(text),
      encode: (value) => String(value),
    });
  };
  const meta: FieldMeta = {
    ...common,
    kind: 'integer',
    fault: 'invalid-value',
    range: { minimum, maximum },
    expected: `an integer from ${minimum} to ${maximum}${unit === undefined ? '' : ` (${unit})`}`,
  };
  return described(make, meta, (text) => {
    if (!/^\d{1,15}$/.test(text)) return undefined;
    const value = Number(text);
    return value >= minimum && value <= maximum ? value : undefined;
  });
}
