import type { Item } from '../../../grammar/statement.ts';
import type { Span } from '../../../grammar/word.ts';
import type { RowId } from '../../../schemas/content.ts';
import type { SourceText } from '../faults/problem.ts';
import type { Levels } from '../session/levels.ts';

type Opening = { readonly source: SourceText; readonly span: Span };

/** Where top-level rows were opened, for what is found only when all is put together. */
export class Openings {
  readonly #all: (Opening & { readonly row: RowId })[] = [];
  #byRow: ReadonlyMap<RowId, Opening> | undefined;

  /** Takes a statement that was performed: an `edit` at the top level opens a row. */
  note(item: Item, { top, topRow }: Levels, source: SourceText): void {
    if (item.kind !== 'statement' || item.verb !== 'edit' || top?.kind !== 'row' || top !== topRow) return;
    this.#all.push({ row: top.row, source, span: item.key.span });
    this.#byRow = undefined;
  }

  of(row: RowId | undefined): Opening | undefined {
    if (row === undefined) return undefined;
    // Most batches never ask.
    this.#byRow ??= new Map(this.#all.map((opening) => [opening.row, opening]));
    return this.#byRow.get(row);
  }
}
