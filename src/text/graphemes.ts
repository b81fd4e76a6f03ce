const ascii = /^[\n\x20-\x7e]*$/;

let segmenter: Intl.Segmenter | undefined;

/** What tells them apart takes milliseconds to begin with, and most commands that are run once need none of it. */
function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** The characters of a text as a person counts them. */
export function graphemes(text: string): string[] {
  return ascii.test(text) ? text.split('') : Array.from(segmentsOf(text), ({ segment }) => segment);
}

/** `offset` itself, or the end of the character that it lies inside. */
export function boundaryAt(text: string, offset: number): number {
  const segment = segmentsOf(text).containing(offset);
  if (segment === undefined) return Math.max(0, Math.min(offset, text.length));
  return segment.index === offset ? offset : segment.index + segment.segment.length;
}

export function boundaryBefore(text: string, offset: number): number {
  return segmentsOf(text).containing(offset - 1)?.index ?? 0;
}

export function boundaryAfter(text: string, offset: number): number {
  const segment = segmentsOf(text).containing(offset);
  return segment === undefined ? text.length : segment.index + segment.segment.length;
}
