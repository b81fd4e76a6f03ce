import { type Edit, edits } from './line.ts';

/** Keys that change or move in the line: FortiWeb's, and readline's where those differ. */
export const bindings: ReadonlyMap<string, Edit> = new Map([
  ['left', edits.left],
  ['C-b', edits.left],
  ['right', edits.right],
  ['C-f', edits.right],
  ['M-b', edits.wordLeft],
  ['C-left', edits.wordLeft],
  ['M-left', edits.wordLeft],
  ['M-f', edits.wordRight],
  ['C-right', edits.wordRight],
  ['M-right', edits.wordRight],
  ['home', edits.home],
  ['C-a', edits.home],
  ['end', edits.end],
  ['C-e', edits.end],
  ['backspace', edits.deleteBefore],
  ['delete', edits.deleteAt],
  ['C-d', edits.deleteAt],
  ['C-k', edits.cutToEnd],
  ['C-u', edits.cutToStart],
  ['C-w', edits.cutArgument],
  ['M-backspace', edits.cutWordBefore],
  ['M-d', edits.cutWordAfter],
  ['C-y', edits.putBack],
  ['C-t', edits.transpose],
]);

/** Of these, the ones that take the ghost text when the cursor stands at its start. */
export const takesGhost: ReadonlySet<string> = new Set(['right', 'C-f', 'end', 'C-e']);
