import type { JsonSchema } from './field-schema.ts';
import { readNotation, type Sequence, type Shape } from './parameter-notation.ts';

/** The list of what follows the words of an operation; `notation`: as it says it to a person. */
export function parametersSchema(notation: string): JsonSchema & { readonly minItems: number } {
  const sequence = readNotation(notation);
  const { least, most } = lengthsOf(sequence);
  const first = firstItems(sequence);
  return {
    type: 'array',
    ...(most === 0 ? {} : { description: describedNotation(notation) }),
    ...(first.length === 0 ? {} : { prefixItems: first }),
    items: anyItem,
    minItems: least,
    ...(most === Number.POSITIVE_INFINITY ? {} : { maxItems: most }),
    ...(most === 0 ? {} : { examples: [exampleOf(sequence)] }),
  };
}

const anyItem = { type: ['string', 'number'] };

/** The quotes of a command line are no part of what they hold. */
function describedNotation(notation: string): string {
  const plain = notation.replaceAll('"', '');
  const order = `In this order, each word and value an item: ${plain}`;
  return plain.includes('[') ? `${order}. What is in [ ] may be left out` : order;
}

type Lengths = { readonly least: number; readonly most: number };

function lengthsOf(sequence: Sequence): Lengths {
  const all = sequence.map(lengthsOfOne);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
  return { least: sum(all.map(({ least }) => least)), most: sum(all.map(({ most }) => most)) };
}

function lengthsOfOne(shape: Shape): Lengths {
  if (shape.kind === 'more') return { least: 0, most: Number.POSITIVE_INFINITY };
  if (shape.kind !== 'choice') return { least: 1, most: 1 };
  const each = shape.of.map(lengthsOf);
  return {
    least: shape.isOptional ? 0 : Math.min(...each.map(({ least }) => least)),
    most: Math.max(...each.map(({ most }) => most)),
  };
}

/** Those whose place is always the same: up to something that may be left out, with something else behind it. */
function firstItems(sequence: Sequence): readonly JsonSchema[] {
  const items: JsonSchema[] = [];
  for (const [at, shape] of sequence.entries()) {
    if (shape.kind === 'word') items.push({ const: shape.word });
    else if (shape.kind === 'value') items.push(valueSchema(shape));
    else if (shape.kind === 'more' || (shape.isOptional && at < sequence.length - 1)) break;
    else {
      const [only, ...others] = shape.of.map(firstItems);
      if (only !== undefined && others.length === 0) items.push(...only);
      else items.push({ anyOf: shape.of.flatMap((each) => firstItems(each).slice(0, 1)) });
      if (shape.of.length > 1 && lengthsOfOne(shape).most > 1) break;
    }
  }
  return items;
}

/** A program may give a number as one, or as a text. */
function valueSchema({ name, range }: Extract<Shape, { kind: 'value' }>): JsonSchema {
  if (range !== null) return { type: ['integer', 'string'], ...range };
  return { ...anyItem, title: name };
}

/** What stands for a value that is no name. */
const samples: Readonly<Record<string, string | number>> = {
  address: '192.0.2.1',
  host: '192.0.2.1',
  prefix: '192.0.2.0/24',
  day: '2026-01-31',
  count: 10,
  revision: 3,
  transaction: 3,
  session: 3,
};

/** All that there may be, of a choice the first. */
function exampleOf(sequence: Sequence): readonly (string | number)[] {
  return sequence.flatMap((shape) => {
    if (shape.kind === 'word') return [shape.word];
    if (shape.kind === 'choice') return exampleOf(shape.of[0] ?? []);
    if (shape.kind === 'more') return [];
    const { name, range } = shape;
    return name === null ? [range?.minimum ?? 0] : [samples[name] ?? name];
  });
}
