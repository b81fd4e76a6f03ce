import type { MessageHead } from '../../packets/http/message-head.ts';
import type { LeftHead } from './message-tables.ts';

/** A part of a head that is replaced. */
export type HeadEdit = { readonly start: number; readonly end: number; readonly text: string };

/** Lines that follow each other are removed at once. */
function remove(edits: HeadEdit[], start: number, end: number): void {
  const last = edits.at(-1);
  if (last?.end === start && last.text === '') edits[edits.length - 1] = { start: last.start, end, text: '' };
  else edits.push({ start, end, text: '' });
}

/** What is to be changed in a head so that it says what rules have left of it. What they have not touched stays. */
export function headEdits(head: MessageHead, left: LeftHead): HeadEdit[] {
  const edits: HeadEdit[] = [];
  for (const [index, part] of head.first.entries()) {
    const text = left.first[index] ?? '';
    if (text === part.text) continue;
    const isNewReason = index === 2 && part.start === part.end && head.first[1].end === part.start;
    edits.push({ start: part.start, end: part.end, text: isNewReason ? ` ${text}` : text });
  }
  const shown = new Map(head.headers.map((line) => [line.name, line]));
  for (const line of head.headers) {
    const { name, value, start, end } = line;
    const text = left.headers.get(name);
    const last = shown.get(name);
    const isShown = line === last;
    // Rules see the last of several: where they write it, it is the only one.
    if (text === undefined || (text !== last?.value.text && !isShown)) remove(edits, start, end);
    else if (isShown && text !== value.text) edits.push({ start: value.start, end: value.end, text });
  }
  const added = left.added.map((name) => `${name}: ${left.headers.get(name) ?? ''}\r\n`).join('');
  if (added !== '') edits.push({ start: head.headersEnd, end: head.headersEnd, text: added });
  return edits;
}
