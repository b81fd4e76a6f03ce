import { type Common, described, type FieldSchema } from '../field.ts';
import { filledText } from '../key.ts';
import { zod } from '../zod.ts';

/** What Lua takes for one line end (Lua 5.4 reference manual, 3.1). */
const lineEnd = /\r\n|\n\r|\r/g;

/**
 * A program of several lines, of at most `maximum` bytes of UTF-8. Every line end is kept as a newline, which is what
 * Lua makes of it anyway. Whether it is a program is for whoever runs it to say.
 */
export function script({ maximum, ...common }: Common & { maximum: number }): FieldSchema {
  const content = () =>
    filledText(maximum).check(({ value, issues }) => {
      if (Buffer.byteLength(value) > maximum) {
        issues.push({ code: 'too_big', origin: 'string', maximum, inclusive: true, input: value });
      }
    });
  const make = () =>
    zod().codec(zod().string(), content(), {
      decode: (text) => text.replace(lineEnd, '\n'),
      encode: (text) => text,
    });
  return described(make, {
    ...common,
    kind: 'script',
    fault: 'invalid-value',
    quoted: true,
    longest: maximum,
    expected: `a script of 1 to ${maximum} bytes without control characters`,
  });
}
