import { monotonicNow } from '../../enforcer/engine/clock.ts';
import { localityNow } from '../../enforcer/engine/local-addresses.ts';
import {
  DOWN,
  FAILURES,
  LOST,
  type MemberRows,
  REACHED,
  RECOVERED_AT,
  type Row,
} from '../../enforcer/pool/rows.ts';
import type { RaisedEvent } from '../../events/events.ts';
import { checkRefused, memberDown, memberUp, nameChanged, nameFailed } from '../../events/members.ts';
import type { MemberSnapshot, PolicySnapshot, Snapshot } from '../../policy/snapshot.ts';
import { Pulse } from '../../time/pulse.ts';
import type { HealthTarget } from '../health/checker.ts';
import { HealthChecks } from '../health/health-checks.ts';
import { LoopingNames } from './looping-names.ts';
import { type MemberState, memberName, memberState } from './member-state.ts';
import { MemberTable } from './member-table.ts';
import { PoolOutages } from './pool-outages.ts';
import { type Lookup, Resolver } from './resolver.ts';

const outagesInterval = 500;

export type MemberMonitorOptions = {
  readonly workers: number;
  readonly onEvent: (event: RaisedEvent) => void;
  /** Names mean other addresses: the workers need `rows` again. */
  readonly onMoved: () => void;
  readonly lookup?: Lookup;
  /** As in WorkersOptions. */
  readonly addresses?: ReadonlyMap<string, string>;
};

/** The main thread's side of the members of pools: their rows, health and addresses, and which pool has none left. */
export class MemberMonitor {
  readonly #options: MemberMonitorOptions;
  readonly #table: MemberTable;
  readonly #health: HealthChecks;
  readonly #resolver: Resolver;
  readonly #outages = new PoolOutages();
  readonly #looping: LoopingNames;
  readonly #watching: Pulse;
  #members: ReadonlyMap<number, MemberSnapshot> = new Map();
  #policies: readonly PolicySnapshot[] = [];
  #wanted: readonly MemberSnapshot[] = [];

  constructor(options: MemberMonitorOptions) {
    const { workers, onEvent, onMoved, lookup, addresses } = options;
    this.#options = options;
    this.#table = new MemberTable(workers);
    this.#looping = new LoopingNames(onEvent);
    this.#health = new HealthChecks({
      changed: (id, reason, isProven) => this.#changed(id, reason, isProven),
      refused: (check, reason) => onEvent(checkRefused({ check, reason })),
    });
    this.#resolver = new Resolver(
      {
        changed: (name, address, before) => {
          if (before !== '') onEvent(nameChanged({ name, address }));
          this.#forgetReached(({ domain }) => domain === name);
          this.#check();
          onMoved();
        },
        failed: (name, reason) => onEvent(nameFailed({ name, reason })),
      },
      lookup,
      addresses,
    );
    this.#watching = new Pulse(outagesInterval, () => this.#pollOutages());
  }

  /** Gives what is new in a snapshot its row, and begins to check it. Workers must all run the one before. */
  prepare({ policies }: Snapshot): void {
    const members = new Map(
      policies.flatMap((policy) => policy.members.map((member) => [member.id, member])),
    );
    this.#policies = policies;
    this.#table.assign(new Set(members.keys()), new Set(policies.map(({ id }) => id)));
    const rows = this.#table.rows();
    // A member that one snapshot lacked still has its row, with its former state.
    for (const id of members.keys()) if (!this.#members.has(id)) mark(rows.member(id), false, 0);
    const before = this.#members;
    this.#members = members;
    this.#forgetReached((member) => !isSamePlace(member, before.get(member.id)));
    const inUse = policies.filter(({ enabled }) => enabled).flatMap((policy) => policy.members);
    this.#wanted = [...new Map(inUse.map((member) => [member.id, member])).values()];
    const names = this.#wanted.flatMap(({ domain }) => (domain === '' ? [] : [domain]));
    this.#resolver.watch(new Set(names));
    this.#check();
  }

  /** What the workers need to find the rows. */
  get rows(): MemberRows {
    const named = [...this.#members.values()].filter(({ domain }) => domain !== '');
    return this.#table.memberRows(new Map(named.map((member) => [member.id, this.#addressOf(member)])));
  }

  /** The thread is gone, and the system has closed its connections. */
  workerEnded(worker: number): void {
    this.#table.workerEnded(worker);
  }

  /** Where the members are that are known by names. */
  get addresses(): ReadonlyMap<string, string> {
    return this.#resolver.addresses;
  }

  /** Every member that a policy reaches, as it is now. */
  states(): readonly MemberState[] {
    const rows = this.#table.rows();
    return [...this.#members.values()].map((member) =>
      memberState(member, {
        row: rows.member(member.id),
        workers: rows.workers,
        address: this.#addressOf(member),
        isLooping: this.#looping.has(member.id),
        failedChecks: this.#health.reason(member.id),
        hasPassed: this.#health.hasPassed(member.id),
      }),
    );
  }

  /** Clients of a policy that were reset because no member took them, modulo 2^32. */
  lost(policy: number): number {
    const { words, at } = this.#table.rows().policy(policy);
    return Atomics.load(words, at + LOST) >>> 0;
  }

  /** Ends all checks and lookups. Resolves when no socket of theirs is left. */
  async stop(): Promise<void> {
    this.#watching.stop();
    this.#resolver.stop();
    await this.#health.stop();
    this.#pollOutages();
  }

  #check(): void {
    const named = this.#wanted.filter(({ domain }) => domain !== '');
    this.#looping.look(
      named.map(({ id, domain, port }) => ({
        id,
        name: domain,
        address: this.#resolver.address(domain),
        port,
      })),
      this.#policies,
      localityNow(),
    );
    this.#health.watch(this.#wanted.flatMap((member) => this.#targetOf(member)));
  }

  /** What connections have shown of members that are somewhere else now. */
  #forgetReached(isMoved: (member: MemberSnapshot) => boolean): void {
    const rows = this.#table.rows();
    for (const member of this.#members.values()) {
      if (!isMoved(member)) continue;
      const { words, at } = rows.member(member.id);
      Atomics.store(words, at + REACHED, 0);
      Atomics.store(words, at + FAILURES, 0);
    }
  }

  #targetOf(member: MemberSnapshot): HealthTarget[] {
    const { id, port, domain, status, health } = member;
    const address = this.#addressOf(member);
    if (health === null || status === 'disable' || address === '') return [];
    return [{ id, address, port, host: domain === '' ? address : domain, health }];
  }

  /** Where it is connected to, or ''. */
  #addressOf({ id, address, domain }: MemberSnapshot): string {
    if (domain === '') return address;
    return this.#looping.has(id) ? '' : this.#resolver.address(domain);
  }

  #changed(id: number, reason: string, isProven: boolean): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    const recoveredAt = reason === '' && isProven ? Math.ceil(monotonicNow() / 1000) : 0;
    mark(this.#table.rows().member(id), reason !== '', recoveredAt);
    if (!isProven) return;
    const named = { pool: member.pool, member: memberName(member) };
    this.#options.onEvent(reason === '' ? memberUp(named) : memberDown({ ...named, reason }));
  }

  #pollOutages(): void {
    for (const outage of this.#outages.poll(
      this.#policies.map(({ id }) => id),
      this.#table.rows(),
    ))
      this.#options.onEvent(outage);
  }
}

function isSamePlace(one: MemberSnapshot, other: MemberSnapshot | undefined): boolean {
  return one.address === other?.address && one.domain === other.domain && one.port === other.port;
}

/** `recoveredAt` is written first: a worker must not take a member that has just come up for one that long has been. */
function mark({ words, at }: Row, isDown: boolean, recoveredAt: number): void {
  Atomics.store(words, at + RECOVERED_AT, recoveredAt);
  Atomics.store(words, at + DOWN, isDown ? 1 : 0);
}
