import type { Packet } from '../packet.ts';
import { AgeList } from './age-list.ts';
import { CapturedConnection, type ConnectionState, type EndCause } from './captured-connection.ts';
import type { ConnectionStore } from './connection-store.ts';
import { hashEnds, PacketEnds } from './packet-ends.ts';

/** Connections as objects, which whoever uses them may keep and hang data on. */
export class KeptConnections<Data = unknown> implements ConnectionStore<CapturedConnection<Data>> {
  /** The first of those with the same hash. */
  readonly #connections = new Map<number, CapturedConnection<Data>>();
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
  readonly #ends = new PacketEnds();
  #hash = 0;
  #count = 0;
  /** The state of the connection that was read, as it was then. */
  #before: ConnectionState = 'opening';

  get count(): number {
    return this.#count;
  }

  find(packet: Packet): CapturedConnection<Data> | undefined {
    this.#ends.read(packet);
    this.#hash = hashEnds(this.#ends, this.#seed);
    let found = this.#connections.get(this.#hash);
    while (found !== undefined && !found.isBetween(this.#ends)) found = found.sameHash;
    return found;
  }

  isFromClient(connection: CapturedConnection<Data>, packet: Packet): boolean {
    return connection.isFromClient(packet);
  }

  stateOf({ state }: CapturedConnection<Data>): ConnectionState {
    return state;
  }

  lastSeenOf({ lastSeen }: CapturedConnection<Data>): number {
    return lastSeen;
  }

  oldestOf(state: ConnectionState): CapturedConnection<Data> | undefined {
    return this.#ages[state].oldest;
  }

  newerThan({ newer }: CapturedConnection<Data>): CapturedConnection<Data> | undefined {
    return newer;
  }

  add(isFromClient: boolean, isPickedUp: boolean, time: number): CapturedConnection<Data> {
    const added = new CapturedConnection<Data>(this.#ends, isFromClient, time, this.#hash, isPickedUp);
    added.sameHash = this.#connections.get(this.#hash);
    this.#connections.set(this.#hash, added);
    this.#ages.opening.add(added);
    this.#count++;
    return added;
  }

  read(connection: CapturedConnection<Data>): CapturedConnection<Data> {
    this.#before = connection.state;
    return connection;
  }

  write(connection: CapturedConnection<Data>, time: number): void {
    connection.lastSeen = time;
    const ages = this.#ages[this.#before];
    if (this.#before === connection.state && ages.isNewest(connection)) return;
    ages.remove(connection);
    this.#ages[connection.state].add(connection);
  }

  end(connection: CapturedConnection<Data>, state: 'dropped' | 'ended', cause: EndCause): void {
    this.#ages[connection.state].remove(connection);
    connection.state = state;
    connection.cause = cause;
    this.#ages[state].add(connection);
  }

  remove(connection: CapturedConnection<Data>): boolean {
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
