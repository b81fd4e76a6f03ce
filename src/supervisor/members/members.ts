import { monotonicNow } from '../../enforcer/engine/clock.ts';
import {
  DOWN,
  FAILURES,
  type MemberRows,
  openOf,
  RECOVERED_AT,
  type Row,
  type RowViews,
} from '../../enforcer/pool/rows.ts';
import type { RaisedEvent } from '../../events/events.ts';
import { checkRefused, memberDown, memberUp, nameChanged, nameFailed } from '../../events/members.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { MemberSnapshot, Snapshot } from '../../policy/snapshot.ts';
import type { HealthTarget } from '../health/checker.ts';
import { HealthChecks } from '../health/health-checks.ts';
import { MemberTable } from './member-table.ts';
import { PoolOutages } from './pool-outages.ts';
import { type Lookup, Resolver } from './resolver.ts';

const outagesInterval = 500;

export type MembersOptions = {
  readonly workers: number;
  readonly onEvent: (event: RaisedEvent) => void;
  /** Names mean other addresses: the workers need `rows` again. */
  readonly onMoved: () => void;
  readonly lookup?: Lookup;
};

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
   * could not be opened. `unresolved`: its name has no address.
   */
  readonly state: 'up' | 'down' | 'recovering' | 'failing' | 'maintain' | 'disable' | 'unresolved';
  /** Connections of all policies and workers. */
  readonly open: number;
  /** What is to be known of that, or ''. */
  readonly reason: string;
};

/** All that the main thread does for the members of pools: their memory, health and names, and who has none left. */
export class Members {
  readonly #options: MembersOptions;
  readonly #table: MemberTable;
  readonly #health: HealthChecks;
  readonly #resolver: Resolver;
  readonly #outages = new PoolOutages();
  readonly #watching: NodeJS.Timeout;
  #members: ReadonlyMap<number, MemberSnapshot> = new Map();
  #policies: readonly number[] = [];
  #wanted: readonly MemberSnapshot[] = [];

  constructor(options: MembersOptions) {
    const { workers, onEvent, onMoved, lookup } = options;
    this.#options = options;
    this.#table = new MemberTable(workers);
    this.#health = new HealthChecks({
      changed: (id, reason, isProven) => this.#changed(id, reason, isProven),
      refused: (check, reason) => onEvent(checkRefused({ check, reason })),
    });
    this.#resolver = new Resolver(
      {
        changed: (name, address, before) => {
          if (before !== '') onEvent(nameChanged({ name, address }));
          this.#check();
          onMoved();
        },
        failed: (name, reason) => onEvent(nameFailed({ name, reason })),
      },
      lookup,
    );
    this.#watching = setInterval(() => this.#pollOutages(), outagesInterval);
  }

  /** Gives what is new in a snapshot its row, and begins to check it. Workers must all run the one before. */
  prepare({ policies }: Snapshot): void {
    const members = new Map(
      policies.flatMap((policy) => policy.members.map((member) => [member.id, member])),
    );
    this.#policies = policies.map(({ id }) => id);
    this.#table.assign(new Set(members.keys()), new Set(this.#policies));
    const rows = this.#table.rows();
    // A member that was gone for a moment still has its row.
    for (const id of members.keys()) if (!this.#members.has(id)) mark(rows.member(id), false, 0);
    this.#members = members;
    const inUse = policies.filter(({ enabled }) => enabled).flatMap((policy) => policy.members);
    this.#wanted = [...new Map(inUse.map((member) => [member.id, member])).values()];
    const names = this.#wanted.flatMap(({ domain }) => (domain === '' ? [] : [domain]));
    this.#resolver.watch(new Set(names));
    this.#check();
  }

  /** What the workers are told. */
  get rows(): MemberRows {
    const named = [...this.#members.values()].filter(({ domain }) => domain !== '');
    return this.#table.memberRows(
      new Map(named.map(({ id, domain }) => [id, this.#resolver.address(domain)])),
    );
  }

  /** The thread is gone, and the system has closed its connections. */
  workerEnded(worker: number): void {
    this.#table.workerEnded(worker);
  }

  /** Every member that a policy reaches, as it is now. */
  states(): readonly MemberState[] {
    const rows = this.#table.rows();
    return [...this.#members.values()].map((member) => this.#stateOf(member, rows));
  }

  /** Ends all checks and lookups. Resolves when no socket of theirs is left. */
  async stop(): Promise<void> {
    clearInterval(this.#watching);
    this.#resolver.stop();
    await this.#health.stop();
    this.#pollOutages();
  }

  #check(): void {
    this.#health.watch(this.#wanted.flatMap((member) => this.#targetOf(member)));
  }

  #targetOf(member: MemberSnapshot): HealthTarget[] {
    const { id, port, domain, status, health } = member;
    const address = this.#addressOf(member);
    if (health === null || status === 'disable' || address === '') return [];
    return [{ id, address, port, host: domain === '' ? address : domain, health }];
  }

  #addressOf({ address, domain }: MemberSnapshot): string {
    return domain === '' ? address : this.#resolver.address(domain);
  }

  #changed(id: number, reason: string, isProven: boolean): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    const recoveredAt = reason === '' && isProven ? Math.ceil(monotonicNow() / 1000) : 0;
    mark(this.#table.rows().member(id), reason !== '', recoveredAt);
    if (!isProven) return;
    const named = { pool: member.pool, member: nameOf(member) };
    this.#options.onEvent(reason === '' ? memberUp(named) : memberDown({ ...named, reason }));
  }

  #pollOutages(): void {
    for (const outage of this.#outages.poll(this.#policies, this.#table.rows()))
      this.#options.onEvent(outage);
  }

  #stateOf(member: MemberSnapshot, rows: RowViews): MemberState {
    const { id, pool, number, port, status } = member;
    const row = rows.member(id);
    const address = this.#addressOf(member);
    const shown = { id, pool, number, name: nameOf(member), address, port };
    const open = openOf(row, rows.workers);
    if (status !== 'enable') return { ...shown, open, state: status, reason: '' };
    if (address === '') {
      return { ...shown, open, state: 'unresolved', reason: `${member.domain} has no address` };
    }
    const reason = this.#health.reason(id);
    if (reason !== '') return { ...shown, open, state: 'down', reason };
    const failures = Atomics.load(row.words, row.at + FAILURES) >>> 0;
    if (failures > 0) return { ...shown, open, state: 'failing', reason: failuresText(failures, member) };
    const waits = recoveryText(member, Atomics.load(row.words, row.at + RECOVERED_AT));
    return { ...shown, open, state: waits === '' ? 'up' : 'recovering', reason: waits };
  }
}

/** `recoveredAt` is written first: a worker must not take a member that has just come up for one that long has been. */
function mark({ words, at }: Row, isDown: boolean, recoveredAt: number): void {
  Atomics.store(words, at + RECOVERED_AT, recoveredAt);
  Atomics.store(words, at + DOWN, isDown ? 1 : 0);
}

function nameOf({ address, domain, port }: MemberSnapshot): string {
  return endpointText({ address: domain === '' ? address : domain, port });
}

function failuresText(failures: number, { health }: MemberSnapshot): string {
  const last = failures === 1 ? 'the last connection' : `the last ${failures} connections`;
  return `${last} to it failed${health === null ? ', and it has no health check' : ''}`;
}

/** What a member that came up in a second of the clock still waits for, or ''. */
function recoveryText({ recover, warmUp, warmRate }: MemberSnapshot, recoveredAt: number): string {
  if (recoveredAt === 0) return '';
  const since = Math.floor(monotonicNow() / 1000) - recoveredAt;
  if (since < recover) return `takes connections in ${recover - since} s`;
  if (since < recover + warmUp) return `takes ${warmRate} new connections a second`;
  return '';
}
