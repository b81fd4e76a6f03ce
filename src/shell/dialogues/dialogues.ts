import type { Question } from '../../cli/typing/assistance.ts';

/** Keys by which the person wants none of a question. */
export const cancelKeys: ReadonlySet<string> = new Set(['C-c', 'C-d', 'escape']);

/** Asks the person something apart from the command line. */
export interface Dialogues {
  /** The answer (`yes` or `no` to a confirmation); null when the person wants none of it. */
  ask(question: Question): Promise<string | null>;
  /** Answers the standing question, if there is one, with null. Resolves when nothing of it is left on the screen. */
  cancel(): Promise<void>;
}
