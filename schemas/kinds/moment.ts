import { type Common, canonicalText, described, type FieldSchema } from '../field.ts';

const form = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?$/;

/** A moment in UTC, `2027-01-31T12:00:00Z`; a day alone is its beginning. */
export function moment(common: Common): FieldSchema {
  return described(() => canonicalText(canonicalMoment), {
    ...common,
    kind: 'text',
    fault: 'invalid-value',
    expected: 'a moment in UTC, such as 2027-01-31T12:00:00Z, or a day, such as 2027-01-31',
  });
}

function canonicalMoment(text: string): string | undefined {
  const milliseconds = form.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) return undefined;
  const canonical = new Date(milliseconds).toISOString().replace('.000Z', 'Z');
  // A day that no month has is another one.
  return canonical.startsWith(text.slice(0, 10)) ? canonical : undefined;
}
