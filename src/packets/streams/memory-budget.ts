/** What all streams together may hold, and what one may. */
export class MemoryBudget {
  readonly limit: number;
  readonly streamLimit: number;
  used = 0;

  /** In bytes. */
  constructor(limit: number = 256 * 1024 * 1024, streamLimit: number = 4 * 1024 * 1024) {
    this.limit = limit;
    this.streamLimit = streamLimit;
  }
}
