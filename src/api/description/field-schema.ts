import type { Key } from '../../../schemas/key.ts';
import type { Field } from '../../../schemas/table.ts';

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** What a field may hold. */
export function fieldSchema(field: Field): JsonSchema {
  const { help, default: value, list, tables, extension, ofNode, secret } = field.meta;
  return {
    description: help,
    ...(list === undefined ? itemSchema(field) : listSchema(field, list.maximum)),
    ...(value === undefined ? {} : { default: value }),
    ...(tables === undefined ? {} : { 'x-references': tables }),
    ...(secret === undefined ? {} : { 'x-secret': secret }),
    ...(extension ? { 'x-levee-extension': true } : {}),
    ...(ofNode ? { 'x-levee-of-node': true } : {}),
  };
}

function listSchema(field: Field, maxItems: number): JsonSchema {
  return { type: 'array', items: itemSchema(field), maxItems, uniqueItems: true };
}

function itemSchema(field: Field): JsonSchema {
  const { range, choices } = field.meta;
  if (range !== undefined) return { type: 'integer', ...range };
  return { type: 'string', ...(choices === undefined ? lengths(field) : { enum: Object.keys(choices) }) };
}

/** What a text must be to be a key. */
export function keySchema({ kind, maximum, pattern }: Key): JsonSchema {
  if (kind === 'number') return { pattern: numbersTo(maximum) };
  return { minLength: 1, maxLength: maximum, ...(pattern === undefined ? {} : { pattern }) };
}

/** A pattern for the whole numbers from 1 to `maximum` without leading zeros. */
export function numbersTo(maximum: number): string {
  const digits = [...String(maximum)];
  const free = (count: number): string => (count === 0 ? '' : `\\d{${count}}`);
  const shorter = digits.slice(1).map((_, count) => `[1-9]${free(count)}`);
  const below = digits.flatMap((digit, index) => {
    const least = index === 0 ? 1 : 0;
    if (Number(digit) <= least) return [];
    return [
      `${digits.slice(0, index).join('')}[${least}-${Number(digit) - 1}]${free(digits.length - index - 1)}`,
    ];
  });
  return `^(?:${[...shorter, ...below, maximum].join('|')})$`;
}

/** No longer text is tried. */
const longestTried = 2 ** 17;

/** How short and how long a text may be. No metadata says so: texts are tried on the field. */
function lengths(field: Field): JsonSchema {
  const isTooLong = (length: number): boolean => {
    const reading = field.read('a'.repeat(length));
    return 'fault' in reading && reading.fault === 'too-long';
  };
  const shortest = 'fault' in field.read('') ? { minLength: 1 } : {};
  if (!isTooLong(longestTried)) return shortest;
  let fits = 0;
  let tooLong = longestTried;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (isTooLong(middle)) tooLong = middle;
    else fits = middle;
  }
  return { ...shortest, maxLength: fits };
}
