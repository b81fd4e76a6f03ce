/** How long after the other side has acknowledged it a segment may still turn up, on the capture's clock. */
const lateMs = 200;

/** What the other side has acknowledged and the capture has not got, yet or ever. Positions are of the original stream. */
export class MissedData {
  #end = 0;
  #since = 0;

  /** The other side has all before `position`; the stream has what is before `end`. */
  acknowledged(position: number, end: number, time: number): void {
    if (position <= end) return;
    if (this.#end <= end) this.#since = time;
    this.#end = Math.max(this.#end, position);
  }

  /** Up to where holes will stay holes; nothing of the sort gives 0. */
  lostBefore(end: number, time: number): number {
    return this.#end <= end || time - this.#since <= lateMs ? 0 : this.#end;
  }
}
