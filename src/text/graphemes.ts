const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ascii = /^[\n\x20-\x7e]*$/;

/** The characters of a text as a person counts them. */
export function graphemes(text: string): string[] {
  return ascii.test(text) ? text.split('') : Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** `offset` itself, or the end of the character that it lies inside. */
export function boundaryAt(text: string, offset: number): number {
  const segment = segmenter.segment(text).containing(offset);
  if (segment === undefined) return Math.max(0, Math.min(offset, text.length));
  return segment.index === offset ? offset : segment.index + segment.segment.length;
}

export function boundaryBefore(text: string, offset: number): number {
  return segmenter.segment(text).containing(offset - 1)?.index ?? 0;
}

export function boundaryAfter(text: string, offset: number): number {
  const segment = segmenter.segment(text).containing(offset);
  return segment === undefined ? text.length : segment.index + segment.segment.length;
}
