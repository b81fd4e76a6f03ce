import { type Edit, edits } from './line.ts';

/** Keys that change or move in the line: FortiWeb's, and readline's where those differ. */
export const bindings: ReadonlyMap<string, Edit> = new Map([
  ['left', edits.backwardChar],
  ['C-b', edits.backwardChar],
  ['right', edits.forwardChar],
  ['C-f', edits.forwardChar],
  ['M-b', edits.backwardWord],
  ['C-left', edits.backwardWord],
  ['M-left', edits.backwardWord],
  ['M-f', edits.forwardWord],
  ['C-right', edits.forwardWord],
  ['M-right', edits.forwardWord],
  ['home', edits.beginningOfLine],
  ['C-a', edits.beginningOfLine],
  ['end', edits.endOfLine],
  ['C-e', edits.endOfLine],
  ['backspace', edits.backwardDeleteChar],
  ['delete', edits.deleteChar],
  ['C-d', edits.deleteChar],
  ['C-k', edits.killLine],
  ['C-u', edits.backwardKillLine],
  ['C-w', edits.killArgument],
  ['M-backspace', edits.backwardKillWord],
  ['M-d', edits.killWord],
  ['C-y', edits.yank],
  ['C-t', edits.transposeChars],
]);

/** The bindings that accept the ghost text when the cursor stands at its start. */
export const acceptsGhost: ReadonlySet<string> = new Set(['right', 'C-f', 'end', 'C-e']);
