import type { Assistance, Completion, Highlight } from '../../cli/typing/assistance.ts';
import { CoalescedRequests } from './coalesced-requests.ts';
import { ghostFromCompletion, ghostsFromHistory } from './ghost.ts';
import { type HighlightedText, highlightsFor, notHighlighted } from './highlights.ts';
import type { History } from './history.ts';
import { isAtEnd, type Line, lineOf } from './line.ts';

/** Highlights and ghost text of the line being typed, as far as the session has answered. No key waits for an answer. */
export class Hints {
  readonly #history: History;
  readonly #highlighting: CoalescedRequests<string, readonly Highlight[]>;
  readonly #completions: CoalescedRequests<string, Completion>;
  readonly #vetting: CoalescedRequests<string, readonly Highlight[]>;
  /** Entries of the history by whether they mean something here. */
  readonly #vetted = new Map<string, boolean>();
  #highlighted: HighlightedText = notHighlighted;
  #completed = { text: '', ghost: '' };

  /** `learnt` is called after every answer, `failed` when the session can't answer any more. */
  constructor(
    assistance: Assistance,
    history: History,
    learnt: () => void,
    failed: (error: unknown) => void,
  ) {
    this.#history = history;
    this.#highlighting = new CoalescedRequests(
      (text) => assistance.highlight(text),
      (text, highlights) => {
        this.#highlighted = { text, highlights };
        learnt();
      },
      failed,
    );
    this.#vetting = new CoalescedRequests(
      (text) => assistance.highlight(text),
      (text, highlights) => {
        this.#vetted.set(
          text,
          highlights.every(({ kind }) => kind !== 'unknown'),
        );
        learnt();
      },
      failed,
    );
    this.#completions = new CoalescedRequests(
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
    this.#highlighting.reset();
    this.#completions.reset();
    this.#vetting.reset();
    this.#vetted.clear();
    this.#highlighted = notHighlighted;
    this.#completed = { text: '', ghost: '' };
  }

  /** Requests what is not known of a line yet. */
  request(line: Line): void {
    if (line.text === '') return;
    this.#highlighting.request(line.text);
    const { wanted, unknown } = this.#fromHistory(line);
    if (unknown !== undefined) this.#vetting.request(unknown);
    else if (isAtEnd(line) && wanted === undefined) this.#completions.request(line.text);
  }

  highlights(text: string): readonly Highlight[] {
    return highlightsFor(text, this.#highlighted);
  }

  /** How the line may go on: shown behind it, and accepted with a key. */
  ghost(line: Line): string {
    const { wanted } = this.#fromHistory(line);
    if (wanted !== undefined) return wanted.slice(line.text.length);
    return isAtEnd(line) && this.#completed.text === line.text ? this.#completed.ghost : '';
  }

  /** The newest entry that goes on from this line and would mean something here; or one of which that is to be asked first. */
  #fromHistory(line: Line): { readonly wanted?: string; readonly unknown?: string } {
    for (const entry of ghostsFromHistory(line, this.#history)) {
      const isKnown = this.#vetted.get(entry);
      if (isKnown === undefined) return { unknown: entry };
      if (isKnown) return { wanted: entry };
    }
    return {};
  }
}
