/** Reserves and releases connections on one member that has a limit, as fast as it goes, beside other threads. */
import { parentPort, workerData } from 'node:worker_threads';
import { Pool } from '../../src/enforcer/pool/pool.ts';
import type { PoolMember } from '../../src/enforcer/pool/pool-member.ts';
import { type MemberRows, RowViews } from '../../src/enforcer/pool/rows.ts';
import type { PolicySnapshot } from '../../src/policy/snapshot.ts';

export type PoolHammer = {
  readonly rows: MemberRows;
  readonly policy: PolicySnapshot;
  readonly owner: number;
  readonly rounds: number;
  /**
   * Two words: connections that all threads together hold, raised after one is reserved and lowered before its release;
   * and the threads that are ready. They begin when both are.
   */
  readonly held: SharedArrayBuffer;
};

/** `most`: that were ever held at once. */
export type PoolHammerReport = { readonly most: number; readonly refused: number };

const data: PoolHammer = workerData;
const pool = new Pool(data.policy, new RowViews(data.rows), data.owner, { now: () => 1_000_000 });
const held = new Int32Array(data.held);
const source = new Uint32Array(4);
const mine: PoolMember[] = [];
let most = 0;
let refused = 0;
function release(count: number): void {
  for (const member of mine.splice(0, count)) {
    Atomics.sub(held, 0, 1);
    member.release();
  }
}
Atomics.add(held, 1, 1);
while (Atomics.load(held, 1) < 2);
for (let round = 0; round < data.rounds; round++) {
  const member = pool.choose(source, null);
  if (member === null) {
    refused++;
  } else {
    mine.push(member);
    most = Math.max(most, Atomics.add(held, 0, 1) + 1);
  }
  if (member === null || round % 7 === 0) release(3);
}
release(mine.length);
const report: PoolHammerReport = { most, refused };
parentPort?.postMessage(report);
