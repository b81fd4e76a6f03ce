import type { MemberSnapshot, PolicySnapshot } from '../policy/snapshot.ts';
import { type Limit, limitOf } from '../verdict/limit.ts';
import type { Connection } from './connection.ts';

/** A policy as one worker runs it: what was compiled, and the connections that live under it. */
export class PolicyState {
  readonly id: number;
  snapshot: PolicySnapshot;
  limit: Limit;
  private takers: readonly MemberSnapshot[];
  private turn = 0;
  private first: Connection | null = null;

  constructor(snapshot: PolicySnapshot) {
    this.id = snapshot.id;
    this.snapshot = snapshot;
    this.limit = limitOf(snapshot);
    this.takers = takersOf(snapshot);
  }

  /** Takes over a new version. Its connections stay, but for those of a member that is now disabled. */
  change(snapshot: PolicySnapshot): void {
    this.snapshot = snapshot;
    this.limit = limitOf(snapshot);
    this.takers = takersOf(snapshot);
    const disabled = new Set<number>();
    for (const member of snapshot.members) if (member.status === 'disable') disabled.add(member.id);
    if (disabled.size === 0) return;
    this.each((connection) => {
      if (disabled.has(connection.memberId)) connection.cut();
    });
  }

  /** Where a new connection begins its search for a member: each in turn. */
  takeTurn(): number {
    const turn = this.turn;
    this.turn = (turn + 1) % 0x4000_0000;
    return turn;
  }

  /** The member for an attempt (from 0) of a connection with this turn; null when all have been tried. */
  memberFor(turn: number, attempt: number): MemberSnapshot | null {
    const count = this.takers.length;
    return attempt < count ? (this.takers[(turn + attempt) % count] ?? null) : null;
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

const takersOf = (policy: PolicySnapshot): readonly MemberSnapshot[] =>
  policy.members.filter((member) => member.status === 'enable');
