import { monotonicNow } from '../../enforcer/engine/clock.ts';
import { FAILURES, openOf, REACHED, RECOVERED_AT, type Row } from '../../enforcer/pool/rows.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { MemberSnapshot } from '../../policy/snapshot.ts';

/** One member as it is now. */
export type MemberState = {
  /** Row id. */
  readonly id: number;
  readonly pool: string;
  /** Its number in the pool. */
  readonly number: number;
  /** `192.0.2.1:80`; of one that is known by a name `www.example.com:80`. */
  readonly name: string;
  /** Of one that is known by a name, what that means now, or ''. */
  readonly address: string;
  readonly port: number;
  /**
   * `recovering`: up, but it waits or warms up. `failing`: nothing says that it is down, but the last connection to it
   * could not be opened. `unresolved`: its name has no address that is used. `unknown`: neither a connection nor a check
   * has reached it yet.
   */
  readonly state:
    | 'up'
    | 'down'
    | 'recovering'
    | 'failing'
    | 'maintain'
    | 'disable'
    | 'unresolved'
    | 'unknown';
  /** Connections of all policies and workers. */
  readonly open: number;
  /** What is to be known of that, or ''. */
  readonly reason: string;
};

/** What is known of a member beside its configuration. */
type Known = {
  readonly row: Row;
  readonly workers: number;
  /** Where it is reached now, or ''. */
  readonly address: string;
  /** Its name means Levee itself. */
  readonly isLooping: boolean;
  /** Why its health checks say that it is down, or ''. */
  readonly failedChecks: string;
  /** One of its health checks has passed. */
  readonly hasPassed: boolean;
};

export function memberState(
  member: MemberSnapshot,
  { row, workers, address, isLooping, failedChecks, hasPassed }: Known,
): MemberState {
  const { id, pool, number, port, status } = member;
  const shown = { id, pool, number, name: memberName(member), address, port, open: openOf(row, workers) };
  if (status !== 'enable') return { ...shown, state: status, reason: '' };
  if (isLooping) return { ...shown, state: 'unresolved', reason: `${member.domain} is Levee itself` };
  if (address === '') return { ...shown, state: 'unresolved', reason: `${member.domain} has no address` };
  if (failedChecks !== '') return { ...shown, state: 'down', reason: failedChecks };
  const failures = Atomics.load(row.words, row.at + FAILURES) >>> 0;
  if (failures > 0) return { ...shown, state: 'failing', reason: failuresText(failures, member) };
  const waits = recoveryText(member, Atomics.load(row.words, row.at + RECOVERED_AT));
  if (waits !== '') return { ...shown, state: 'recovering', reason: waits };
  const wasReached = hasPassed || Atomics.load(row.words, row.at + REACHED) !== 0;
  return wasReached
    ? { ...shown, state: 'up', reason: '' }
    : { ...shown, state: 'unknown', reason: unreachedText(member) };
}

/** What events and listings call it. */
export function memberName({ address, domain, port }: MemberSnapshot): string {
  return endpointText({ address: domain === '' ? address : domain, port });
}

function failuresText(failures: number, { health }: MemberSnapshot): string {
  const last = failures === 1 ? 'the last connection' : `the last ${failures} connections`;
  return `${last} to it failed${health === null ? ', and it has no health check' : ''}`;
}

function unreachedText({ health }: MemberSnapshot): string {
  return health === null
    ? 'no connection yet, and no health check'
    : 'neither a connection nor a health check has reached it yet';
}

/** What a member that came up in a second of the clock still waits for, or ''. */
function recoveryText({ recover, warmUp, warmRate }: MemberSnapshot, recoveredAt: number): string {
  if (recoveredAt === 0) return '';
  const since = Math.floor(monotonicNow() / 1000) - recoveredAt;
  if (since < recover) return `takes connections in ${recover - since} s`;
  if (since < recover + warmUp) return `takes ${warmRate} new connections a second`;
  return '';
}
