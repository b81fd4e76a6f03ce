import { type Common, described, type FieldSchema } from '../../field.ts';
import { zod } from '../../zod.ts';
import { canonicalRange } from './address-range.ts';

const longest = 4096;

/** Addresses, prefixes and ranges in one word, with commas between them; each is kept once, in canonical form. */
export function addressRanges(common: Common): FieldSchema {
  const make = () =>
    zod().codec(zod().string(), zod().string(), {
      decode: (text, context) => {
        const ranges = text.split(',').map((part) => canonicalRange(part.trim()));
        if (ranges.includes(undefined)) context.issues.push({ code: 'custom', input: text });
        const canonical = [...new Set(ranges)].join(',');
        if (Math.max(text.length, canonical.length) > longest) {
          context.issues.push({ code: 'too_big', origin: 'string', maximum: longest, input: text });
        }
        return canonical;
      },
      encode: (value) => value,
    });
  return described(make, {
    ...common,
    kind: 'address',
    fault: 'not-an-address',
    expected: `addresses, prefixes and ranges in at most ${longest} characters, such as 192.0.2.1,2001:db8::/32,192.0.2.8-192.0.2.15`,
  });
}
