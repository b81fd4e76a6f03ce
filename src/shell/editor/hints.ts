import type { Assistance, Completion, Mark } from '../../cli/typing/assistance.ts';
import { ghostFromCompletion, ghostFromHistory } from './ghost.ts';
import type { History } from './history.ts';
import { Latest } from './latest.ts';
import { isAtEnd, type Line, lineOf } from './line.ts';
import { type Marked, marksFor, unmarked } from './marks.ts';

/** What is known of the line that is being typed, as far as answers have come; no key waits for one. */
export class Hints {
  readonly #history: History;
  readonly #marks: Latest<string, readonly Mark[]>;
  readonly #completions: Latest<string, Completion>;
  #marked: Marked = unmarked;
  #completed = { text: '', ghost: '' };

  /** `learnt` is called with every answer that has come, `failed` when there can be none. */
  constructor(
    assistance: Assistance,
    history: History,
    learnt: () => void,
    failed: (error: unknown) => void,
  ) {
    this.#history = history;
    this.#marks = new Latest(
      (text) => assistance.marks(text),
      (text, marks) => {
        this.#marked = { text, marks };
        learnt();
      },
      failed,
    );
    this.#completions = new Latest(
      (text) => assistance.complete(text, text.length),
      (text, completion) => {
        this.#completed = { text, ghost: ghostFromCompletion(lineOf(text), completion) };
        learnt();
      },
      failed,
    );
  }

  /** The same text may mean something else from now on. */
  reset(): void {
    this.#marks.reset();
    this.#completions.reset();
    this.#marked = unmarked;
    this.#completed = { text: '', ghost: '' };
  }

  /** Asks for what is not known of a line yet. */
  want(line: Line): void {
    if (line.text === '') return;
    this.#marks.want(line.text);
    if (isAtEnd(line) && ghostFromHistory(line, this.#history) === '') this.#completions.want(line.text);
  }

  marks(text: string): readonly Mark[] {
    return marksFor(text, this.#marked);
  }

  /** How the line may go on. */
  ghost(line: Line): string {
    const known = ghostFromHistory(line, this.#history);
    if (known !== '') return known;
    return isAtEnd(line) && this.#completed.text === line.text ? this.#completed.ghost : '';
  }
}
