import { readPattern } from '../../src/text/pattern.ts';
import { type Common, described, type FieldSchema } from '../field.ts';
import { filledText } from '../key.ts';

/** A regular expression in the syntax of RE2, without flags. */
export function regularExpression({ maximum, ...common }: Common & { maximum: number }): FieldSchema {
  const make = () =>
    filledText(maximum).check(({ value, issues }) => {
      const reading = readPattern(value);
      if ('reason' in reading)
        issues.push({ code: 'custom', input: value, params: { reason: reading.reason } });
    });
  return described(make, {
    ...common,
    kind: 'text',
    // One that takes for ever was taken, and is refused when a check is to be made with it.
    earlier: (text) => filledText(maximum).safeParse(text).success,
    fault: 'invalid-value',
    quoted: true,
    expected: `a regular expression of at most ${maximum} characters`,
  });
}
