import type { Item } from '../../../grammar/statement.ts';
import type { Span } from '../../../grammar/word.ts';
import type { RowId } from '../../../schemas/content.ts';
import type { SourceText } from '../faults/problem.ts';
import type { Levels } from '../session/levels.ts';

type Opening = { readonly source: SourceText; readonly span: Span };

/** Where top-level rows were opened, for what is found only when all is put together. */
export class Openings {
  readonly #byRow = new Map<RowId, Opening>();

  /** Takes a statement that was performed: an `edit` at the top level opens a row. */
  note(item: Item, { top, topRow }: Levels, source: SourceText): void {
    if (item.kind !== 'statement' || item.verb !== 'edit' || top?.kind !== 'row' || top !== topRow) return;
    this.#byRow.set(top.row, { source, span: item.key.span });
  }

  of(row: RowId | undefined): Opening | undefined {
    return row === undefined ? undefined : this.#byRow.get(row);
  }
}
