import fc from './property.ts';

const surrogates = { first: 0xd800, count: 0x800 };

function characterAt(index: number): string {
  return String.fromCodePoint(index < surrogates.first ? index : index + surrogates.count);
}

function indexOf(character: unknown): number {
  const code = (typeof character === 'string' ? character.codePointAt(0) : undefined) ?? 0;
  const index = code < surrogates.first ? code : code - surrogates.count;
  if (characterAt(index) !== character) throw new Error('no code point');
  return index;
}

/**
 * Any code point, as a unit of texts: what `unit: 'binary'` of fast-check gives, which puts all million of them into a map
 * before the first is drawn.
 */
export const codePoint = fc.nat(0x10ffff - surrogates.count).map(characterAt, indexOf);
