import type { Answer } from '../../cli/session/session.ts';
import { mostText } from '../../cli/session/settings/limits.ts';

/** An answer that arrives in pieces: the text of a file, most often. */
export class ReceivedAnswer {
  #pieces: string[] = [];
  #length = 0;
  #isDropped = false;

  /** Bytes of memory that it takes. */
  get size(): number {
    return 2 * this.#length;
  }

  /** @throws RangeError for more text than any file may have */
  piece(text: string): void {
    if (this.#isDropped) return;
    this.#length += text.length;
    if (this.#length > mostText) throw new RangeError(`an answer of more than ${mostText} characters`);
    this.#pieces.push(text);
  }

  /** There is no room for what has come, and what is to come. */
  drop(): void {
    this.#isDropped = true;
    this.#forget();
  }

  /** The whole, of which `last` is the end; the next one begins. */
  take(last: Answer): Answer {
    const isDropped = this.#isDropped;
    const pieces = this.#pieces;
    this.#isDropped = false;
    this.#forget();
    if (typeof last !== 'string') return last;
    return isDropped ? { reason: 'there is no room for it now: try again later' } : pieces.join('') + last;
  }

  #forget(): void {
    this.#pieces = [];
    this.#length = 0;
  }
}
