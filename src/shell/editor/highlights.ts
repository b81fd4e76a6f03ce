import type { Highlight } from '../../cli/typing/assistance.ts';

/** A text and what its words are. */
export type HighlightedText = { readonly text: string; readonly highlights: readonly Highlight[] };

export const notHighlighted: HighlightedText = { text: '', highlights: [] };

/**
 * What is still known of another text: the highlights of the words that it begins with too. The last of these must be
 * followed by something in both texts, else it may have become another word.
 */
export function highlightsFor(text: string, known: HighlightedText): readonly Highlight[] {
  if (text === known.text) return known.highlights;
  const shorter = Math.min(text.length, known.text.length);
  let same = 0;
  while (same < shorter && text[same] === known.text[same]) same += 1;
  return known.highlights.filter(({ start, length }) => start + length < same);
}
