import type { Packet } from '../packet.ts';
import { AgeList } from './age-list.ts';
import { Connection, type ConnectionState, type EndCause } from './connection.ts';
import type { ConnectionStore } from './connection-store.ts';
import { Endpoints, hashEndpoints } from './endpoints.ts';

/** Connections as objects, which whoever uses them may keep and hang data on. */
export class KeptConnections<Data = unknown> implements ConnectionStore<Connection<Data>> {
  /** The first of those with the same hash. */
  readonly #connections = new Map<number, Connection<Data>>();
  readonly #ages: Readonly<Record<ConnectionState, AgeList<Data>>> = {
    opening: new AgeList(),
    established: new AgeList(),
    'half-closed': new AgeList(),
    closing: new AgeList(),
    dropped: new AgeList(),
    ended: new AgeList(),
  };
  /** So that nobody can write a capture whose connections all meet in one place. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32) | 0;
  readonly #ends = new Endpoints();
  #hash = 0;
  #count = 0;
  /** The state of the connection that was read, as it was then. */
  #before: ConnectionState = 'opening';

  get count(): number {
    return this.#count;
  }

  find(packet: Packet): Connection<Data> | undefined {
    this.#ends.read(packet);
    this.#hash = hashEndpoints(this.#ends, this.#seed);
    let found = this.#connections.get(this.#hash);
    while (found !== undefined && !found.isBetween(this.#ends)) found = found.sameHash;
    return found;
  }

  isFromClient(connection: Connection<Data>, packet: Packet): boolean {
    return connection.isFromClient(packet);
  }

  stateOf({ state }: Connection<Data>): ConnectionState {
    return state;
  }

  lastSeenOf({ lastSeen }: Connection<Data>): number {
    return lastSeen;
  }

  oldestOf(state: ConnectionState): Connection<Data> | undefined {
    return this.#ages[state].oldest;
  }

  newerThan({ newer }: Connection<Data>): Connection<Data> | undefined {
    return newer;
  }

  add(isFromClient: boolean, isPickedUp: boolean, time: number): Connection<Data> {
    const added = new Connection<Data>(this.#ends, isFromClient, time, this.#hash, isPickedUp);
    added.sameHash = this.#connections.get(this.#hash);
    this.#connections.set(this.#hash, added);
    this.#ages.opening.add(added);
    this.#count++;
    return added;
  }

  read(connection: Connection<Data>): Connection<Data> {
    this.#before = connection.state;
    return connection;
  }

  write(connection: Connection<Data>, time: number): void {
    connection.lastSeen = time;
    const ages = this.#ages[this.#before];
    if (this.#before === connection.state && ages.isNewest(connection)) return;
    ages.remove(connection);
    this.#ages[connection.state].add(connection);
  }

  end(connection: Connection<Data>, state: 'dropped' | 'ended', cause: EndCause): void {
    this.#ages[connection.state].remove(connection);
    connection.state = state;
    connection.cause = cause;
    this.#ages[state].add(connection);
  }

  remove(connection: Connection<Data>): boolean {
    const first = this.#connections.get(connection.hash);
    if (first === connection) {
      if (connection.sameHash === undefined) this.#connections.delete(connection.hash);
      else this.#connections.set(connection.hash, connection.sameHash);
    } else {
      let before = first;
      while (before !== undefined && before.sameHash !== connection) before = before.sameHash;
      if (before === undefined) return false;
      before.sameHash = connection.sameHash;
    }
    this.#ages[connection.state].remove(connection);
    this.#count--;
    return true;
  }
}
