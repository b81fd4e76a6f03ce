import { MemberTable } from '../enforcer/pool/member-table.ts';
import type { Places } from '../enforcer/pool/rows.ts';
import type { Snapshot } from '../policy/snapshot.ts';

/** All that the main thread does for the members of pools. */
export class Members {
  private readonly table: MemberTable;

  constructor(workers: number) {
    this.table = new MemberTable(workers);
  }

  /** What the workers are told with a snapshot. They must all run the one before it. */
  prepare({ policies }: Snapshot): void {
    const members = policies.flatMap((policy) => policy.members.map(({ id }) => id));
    this.table.assign(new Set(members), new Set(policies.map(({ id }) => id)));
  }

  get places(): Places {
    return this.table.places(new Map());
  }

  /** The thread is gone, and the system has closed its connections. */
  workerEnded(owner: number): void {
    this.table.workerEnded(owner);
  }
}
