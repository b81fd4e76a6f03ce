import { type Common, described, type FieldSchema } from '../field.ts';
import { printableText } from '../key.ts';

/** Free text, counted in code points; tab and newline are its only control characters. */
export function text({ maximum, ...common }: Common & { maximum: number; default?: string }): FieldSchema {
  return described(() => printableText(maximum), {
    ...common,
    kind: 'text',
    fault: 'invalid-value',
    quoted: true,
    expected: `a text of at most ${maximum} characters`,
  });
}
