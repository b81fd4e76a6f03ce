import { randomBytes } from 'node:crypto';
import type { RowId } from '../../../schemas/content.ts';
import type { SharedRowId, StoredSharing } from '../../store/sharing.ts';

/** So many that no two nodes make the same. */
const idBytes = 12;

/** What the rows of this node are called on all nodes. Row ids are of one node alone. */
export class SharedIds {
  readonly #stored: StoredSharing;
  readonly #ids = new Map<RowId, string>();
  readonly #rows = new Map<string, RowId>();
  #unsaved: SharedRowId[] = [];

  constructor(stored: StoredSharing) {
    this.#stored = stored;
    for (const { row, id } of stored.ids()) this.#know(row, id);
  }

  /** Undefined: it has none yet. */
  known(row: RowId): string | undefined {
    return this.#ids.get(row);
  }

  /** A row that has none gets one. */
  idOf(row: RowId): string {
    const known = this.#ids.get(row);
    if (known !== undefined) return known;
    const id = randomBytes(idBytes).toString('base64url');
    this.give(row, id);
    return id;
  }

  /** The row may be gone. */
  rowOf(id: string): RowId | undefined {
    return this.#rows.get(id);
  }

  give(row: RowId, id: string): void {
    if (this.#ids.get(row) === id) return;
    this.#know(row, id);
    this.#unsaved.push({ row, id });
  }

  /** Throws where it can't be saved. */
  save(): void {
    if (this.#unsaved.length === 0) return;
    this.#stored.setIds(this.#unsaved);
    this.#unsaved = [];
  }

  #know(row: RowId, id: string): void {
    const [before, formerly] = [this.#ids.get(row), this.#rows.get(id)];
    if (before !== undefined) this.#rows.delete(before);
    if (formerly !== undefined) this.#ids.delete(formerly);
    this.#ids.set(row, id);
    this.#rows.set(id, row);
  }
}
