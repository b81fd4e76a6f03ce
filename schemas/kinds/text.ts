import { type Common, described, type FieldSchema, limitedText } from '../field.ts';

/** Free text, counted in code points. */
export function text({ maximum, ...common }: Common & { maximum: number }): FieldSchema {
  return described(limitedText(maximum), {
    ...common,
    kind: 'text',
    fault: 'invalid-value',
    quoted: true,
    expected: `a text of at most ${maximum} characters`,
  });
}
