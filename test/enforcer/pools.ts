import { Pool } from '../../src/enforcer/pool/pool.ts';
import type { PoolMember } from '../../src/enforcer/pool/pool-member.ts';
import { DOWN, RECOVERED_AT, RowViews as Rows, type RowViews } from '../../src/enforcer/pool/rows.ts';
import type { MemberSnapshot, PolicySnapshot } from '../../src/policy/snapshot.ts';
import { MemberTable } from '../../src/supervisor/members/member-table.ts';
import { memberOf, policyOf } from '../policy/snapshots.ts';

/** Members numbered from 1. */
export function membersOf(...members: readonly Partial<MemberSnapshot>[]): MemberSnapshot[] {
  return members.map((member, index) => memberOf(80, { id: 1001 + index, number: index + 1, ...member }));
}

/** The pools of one policy in some workers, over one table, with a clock that stands still. */
export class Pools {
  readonly table: MemberTable;
  readonly pools: readonly Pool[];
  policy: PolicySnapshot;
  /** Milliseconds. */
  now = 1_000_000;

  constructor(workers: number, policy: Partial<PolicySnapshot>) {
    this.policy = policyOf({ id: 1, ...policy });
    this.table = new MemberTable(workers);
    this.#assign();
    this.pools = Array.from(
      { length: workers },
      (_, index) => new Pool(this.policy, this.rows, index + 1, { now: () => this.now }),
    );
  }

  get rows(): RowViews {
    return new Rows(this.table.memberRows(new Map()));
  }

  /** Reserves a connection, in a worker (from 0). */
  choose(source = 1, worker = 0, tried: ReadonlyMap<number, number> | null = null): PoolMember | null {
    const pool = this.pools[worker];
    if (pool === undefined) throw new RangeError('there is no such worker');
    return pool.choose(Uint32Array.of(0, 0, 0xffff, source), tried);
  }

  /** The number of the member that a new connection gets; 0 for none. */
  chooseNumber(source = 1, worker = 0): number {
    return this.choose(source, worker)?.snapshot.number ?? 0;
  }

  /** As `chooseNumber`, of a connection that is over at once. */
  pass(source = 1, worker = 0): number {
    const member = this.choose(source, worker);
    member?.release();
    return member?.snapshot.number ?? 0;
  }

  change(policy: Partial<PolicySnapshot>): void {
    this.policy = { ...this.policy, ...policy };
    this.#assign();
    for (const pool of this.pools) pool.change(this.policy, this.rows);
  }

  /** What the health checks say of a member, by its number. */
  mark(number: number, isDown: boolean, recoveredAt = 0): void {
    const { words, at } = this.rows.member(1000 + number);
    words[at + DOWN] = isDown ? 1 : 0;
    words[at + RECOVERED_AT] = recoveredAt;
  }

  #assign(): void {
    this.table.assign(new Set(this.policy.members.map(({ id }) => id)), new Set([this.policy.id]));
  }
}
