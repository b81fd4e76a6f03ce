import type { Connection } from './connection.ts';

/** Connections in the order in which they were last seen, linked through themselves. */
export class AgeList<Data> {
  oldest: Connection<Data> | undefined;
  #newest: Connection<Data> | undefined;

  add(connection: Connection<Data>): void {
    connection.older = this.#newest;
    connection.newer = undefined;
    if (this.#newest === undefined) this.oldest = connection;
    else this.#newest.newer = connection;
    this.#newest = connection;
  }

  remove(connection: Connection<Data>): void {
    const { older, newer } = connection;
    if (older === undefined) this.oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    connection.older = undefined;
    connection.newer = undefined;
  }

  isNewest(connection: Connection<Data>): boolean {
    return this.#newest === connection;
  }
}
