import type { RowId } from '../../../schemas/content.ts';
import { sessionLimits } from '../../cli/session/settings/limits.ts';

/** Sessions that only whoever may do everything can have: others can't fill the house. */
const kept = 16;

/** How many sessions each administrator has. */
export class OpenSessions {
  readonly #counts = new Map<RowId, number>();
  #all = 0;

  /** Why an administrator can't have one more; undefined: there is one more now. `isFull`: they may do everything. */
  open(administrator: RowId, isFull: boolean): string | undefined {
    const reason = this.reasonAgainst(administrator, isFull);
    if (reason === undefined) this.#count(administrator, 1);
    return reason;
  }

  /** As `open`, and there is none more. */
  reasonAgainst(administrator: RowId, isFull: boolean): string | undefined {
    const { each, all } = sessionLimits;
    const count = this.#counts.get(administrator) ?? 0;
    if (count >= each) return `there are ${each} sessions of this account, which is the most`;
    const most = isFull ? all : all - kept;
    if (this.#all >= most)
      return `there are ${this.#all} sessions, and no more than ${most} for this account`;
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
