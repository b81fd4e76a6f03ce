import type { Mark } from '../../cli/typing/assistance.ts';

/** A text and what its words are. */
export type Marked = { readonly text: string; readonly marks: readonly Mark[] };

export const unmarked: Marked = { text: '', marks: [] };

/**
 * What is still known of another text: the marks of the words that it begins with just as well. The last of these
 * must be followed by something in both, else it may have become another word.
 */
export function marksFor(text: string, known: Marked): readonly Mark[] {
  if (text === known.text) return known.marks;
  const shorter = Math.min(text.length, known.text.length);
  let same = 0;
  while (same < shorter && text[same] === known.text[same]) same += 1;
  return known.marks.filter(({ start, length }) => start + length < same);
}
