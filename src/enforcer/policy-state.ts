import type { PolicySnapshot } from '../policy/snapshot.ts';
import { type Limit, limitOf } from '../verdict/limit.ts';
import type { Connection } from './connection.ts';
import type { Pool } from './pool/pool.ts';
import type { PlacedRows } from './pool/rows.ts';

/** A policy as one worker runs it: what was compiled, and the connections that live under it. */
export class PolicyState {
  readonly id: number;
  snapshot: PolicySnapshot;
  limit: Limit;
  readonly pool: Pool;
  private first: Connection | null = null;

  constructor(snapshot: PolicySnapshot, pool: Pool) {
    this.id = snapshot.id;
    this.snapshot = snapshot;
    this.limit = limitOf(snapshot);
    this.pool = pool;
  }

  /** Takes over a new version. Its connections stay, but for those of a member that is now disabled. */
  change(snapshot: PolicySnapshot, rows: PlacedRows): void {
    this.snapshot = snapshot;
    this.limit = limitOf(snapshot);
    this.pool.change(snapshot, rows);
    const disabled = new Set<number>();
    for (const member of snapshot.members) if (member.status === 'disable') disabled.add(member.id);
    if (disabled.size === 0) return;
    this.each((connection) => {
      if (connection.place !== null && disabled.has(connection.place.id)) connection.cut();
    });
  }

  add(connection: Connection): void {
    connection.next = this.first;
    if (this.first !== null) this.first.previous = connection;
    this.first = connection;
  }

  remove(connection: Connection): void {
    if (connection.previous !== null) connection.previous.next = connection.next;
    else if (this.first === connection) this.first = connection.next;
    if (connection.next !== null) connection.next.previous = connection.previous;
    connection.previous = null;
    connection.next = null;
  }

  get isEmpty(): boolean {
    return this.first === null;
  }

  /** `visit` may cut the connection: it leaves the list later, when its descriptors are closed. */
  each(visit: (connection: Connection) => void): void {
    for (let connection = this.first; connection !== null; connection = connection.next) visit(connection);
  }
}
