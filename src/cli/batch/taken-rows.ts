import type { Draft } from '../../store/draft.ts';
import type { Levels, RowLevel } from '../session/levels.ts';
import { openPhantom } from './recovery.ts';
import type { Rejected } from './rejected.ts';

/** Takes the top-level rows of a batch into its transaction, each as a whole: one mistake in it spoils it. */
export class TakenRows {
  /** What has been taken and is not committed. */
  transaction: Draft;
  readonly #levels: Levels;
  readonly #rejected: Rejected;
  /** The top-level row that is open will not be taken: why; null: it may be. */
  #spoiled: string | null = null;

  constructor(transaction: Draft, levels: Levels, rejected: Rejected) {
    this.transaction = transaction;
    this.#levels = levels;
    this.#rejected = rejected;
  }

  /** The top-level row that is open, if one is, has a mistake: `why` it is not taken, unless that is known. */
  spoil(why: () => string): void {
    if (this.#levels.topRow !== undefined) this.#spoiled ??= why();
  }

  /** A row that was left by `abort` takes its mistakes along. */
  settle(): void {
    if (this.#levels.topRow === undefined) this.#spoiled = null;
  }

  /** Opens a row that stands for one whose `edit` can't be understood. */
  openPhantom(): void {
    openPhantom(this.#levels);
    this.spoil(() => "its name can't be taken");
  }

  /** Leaves levels without keeping what is pending in them. */
  leaveTo(depth: number): void {
    while (this.#levels.depth > Math.max(0, depth)) {
      const level = this.#levels.top;
      if (level?.kind === 'row' && level === this.#levels.topRow) {
        this.spoil(() => 'it is not whole');
        this.save(level);
      }
      this.#levels.leave();
    }
  }

  /** Takes a top-level row that ends, or rejects it. Its level is not used any more. */
  save({ table, row, draft }: RowLevel): void {
    if (this.#spoiled === null) this.transaction.take(draft);
    else this.#rejected.add(table.id, draft.row(row)?.key ?? '', this.#spoiled);
    this.#spoiled = null;
  }
}
