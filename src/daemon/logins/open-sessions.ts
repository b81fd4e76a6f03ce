import type { RowId } from '../../../schemas/content.ts';
import { sessionLimits } from '../../cli/session/limits.ts';

/** How many sessions each administrator has. */
export class OpenSessions {
  readonly #counts = new Map<RowId, number>();
  #all = 0;

  /** Why an administrator can't have one more; undefined: there is one more now. */
  open(administrator: RowId): string | undefined {
    const { each, all } = sessionLimits;
    const count = this.#counts.get(administrator) ?? 0;
    if (count >= each) return `there are ${each} sessions of this account, which is the most`;
    if (this.#all >= all) return `there are ${all} sessions, which is the most`;
    this.#count(administrator, 1);
    return undefined;
  }

  close(administrator: RowId): void {
    this.#count(administrator, -1);
  }

  #count(administrator: RowId, change: number): void {
    const count = (this.#counts.get(administrator) ?? 0) + change;
    if (count === 0) this.#counts.delete(administrator);
    else this.#counts.set(administrator, count);
    this.#all += change;
  }
}
