import type { CapturedConnection } from './captured-connection.ts';

/** Connections in the order in which they were last seen, linked through themselves. */
export class AgeList<Data> {
  oldest: CapturedConnection<Data> | undefined;
  #newest: CapturedConnection<Data> | undefined;

  add(connection: CapturedConnection<Data>): void {
    connection.older = this.#newest;
    connection.newer = undefined;
    if (this.#newest === undefined) this.oldest = connection;
    else this.#newest.newer = connection;
    this.#newest = connection;
  }

  remove(connection: CapturedConnection<Data>): void {
    const { older, newer } = connection;
    if (older === undefined) this.oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    connection.older = undefined;
    connection.newer = undefined;
  }

  isNewest(connection: CapturedConnection<Data>): boolean {
    return this.#newest === connection;
  }
}
