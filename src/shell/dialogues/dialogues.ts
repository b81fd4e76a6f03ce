import type { Question } from '../../cli/typing/assistance.ts';

/** Asks the person something apart from the command line. */
export interface Dialogues {
  /** The answer (`yes` or `no` to a confirmation); null when the person wants none of it. */
  ask(question: Question): Promise<string | null>;
  /** Answers the standing question, if there is one, with null. Resolves when nothing of it is left on the screen. */
  cancel(): Promise<void>;
}
