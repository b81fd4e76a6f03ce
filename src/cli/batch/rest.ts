import type { Item } from '../../../grammar/statement.ts';
import type { Levels, TableLevel } from '../session/levels.ts';

/** `at`: the table that is open, undefined at the root, or where the session stood before. */
export type Standing = { readonly at: TableLevel | undefined | 'start'; readonly text: string };

/**
 * What a text leaves open that goes on where a session stands: whatever comes behind the last entry of the top level that
 * was closed. It is entered again once that is committed, for it may refer to what only has an identity then.
 */
export class Rest {
  #at: Standing['at'] = 'start';
  #from = 0;

  note({ span }: Item, levels: Levels): void {
    if (levels.topRow !== undefined) return;
    this.#at = levels.table;
    this.#from = span.offset + span.length;
  }

  standing(text: string): Standing {
    return { at: this.#at, text: text.slice(this.#from) };
  }
}
