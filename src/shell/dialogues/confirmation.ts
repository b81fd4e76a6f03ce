import type { Key } from '../terminal/key.ts';
import { cancelKeys } from './dialogues.ts';

/**
 * What keys say to a question for yes or no. One that is neither begins a line, which was meant for something else: nothing
 * in it is an answer, and Enter, as without a line, says no. So do the keys by which somebody wants none of a question.
 */
export class Confirmation {
  #isInLine = false;

  /** Undefined: not yet. A paste says nothing. */
  replyOf(key: Key): 'yes' | 'no' | undefined {
    if (key.kind !== 'key') return undefined;
    if (key.chord === 'enter' || cancelKeys.has(key.chord)) return 'no';
    if (key.chord === 'backspace' || key.chord === 'C-u') this.#isInLine = false;
    else if (!this.#isInLine && key.text !== '') {
      if (/^y$/i.test(key.text)) return 'yes';
      if (/^n$/i.test(key.text)) return 'no';
      this.#isInLine = true;
    }
    return undefined;
  }
}
