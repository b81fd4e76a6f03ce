import { type Common, described, type FieldSchema } from '../field.ts';
import { nameText } from '../key.ts';

/** A regular expression as JavaScript has them, without flags. */
export function regularExpression({ maximum, ...common }: Common & { maximum: number }): FieldSchema {
  const schema = nameText(maximum).check((context) => {
    try {
      new RegExp(context.value);
    } catch {
      context.issues.push({ code: 'custom', input: context.value });
    }
  });
  return described(schema, {
    ...common,
    kind: 'text',
    fault: 'invalid-value',
    quoted: true,
    expected: `a regular expression of at most ${maximum} characters`,
  });
}
