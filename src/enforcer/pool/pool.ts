import { join } from 'node:path';
import { read } from '../../memory/words.ts';
import { loadFolder } from '../../modules/folder.ts';
import type { MemberSnapshot, PolicySnapshot } from '../../policy/snapshot.ts';
import type { Picker } from './picker.ts';
import { type Clock, PoolMember } from './pool-member.ts';
import { CAUSES, LOST, type Row, type RowViews, WITHOUT_MEMBER } from './rows.ts';

/** The balance methods: each a file, by the word that the configuration has for it. */
const methods = await loadFolder<new () => Picker>(join(import.meta.dirname, 'balance'));

type Tried = ReadonlyMap<number, number>;

/** The members of one policy, as one worker chooses among them. */
export class Pool {
  readonly #worker: number;
  readonly #clock: Clock;
  #balance: string;
  #picker: Picker;
  #row: Row;
  #members: readonly PoolMember[] = [];
  #regular: readonly PoolMember[] = [];
  #backups: readonly PoolMember[] = [];
  readonly #candidates: PoolMember[] = [];

  /** `worker`: the number of this worker, from 1. */
  constructor(policy: PolicySnapshot, rows: RowViews, worker: number, clock: Clock) {
    this.#worker = worker;
    this.#clock = clock;
    this.#balance = policy.balance;
    this.#picker = pickerOf(policy.balance);
    this.#row = rows.policy(policy.id);
    this.change(policy, rows);
    this.#stagger();
  }

  /** Changes to a new version of the policy. */
  change(policy: PolicySnapshot, rows: RowViews): void {
    if (policy.balance !== this.#balance) {
      this.#balance = policy.balance;
      this.#picker = pickerOf(policy.balance);
    }
    this.#row = rows.policy(policy.id);
    const credits = new Map(this.#members.map(({ id, credit }) => [id, credit]));
    this.#members = policy.members.map((member, position) => {
      const named = member.domain === '' ? member : { ...member, address: rows.address(member.id) };
      const made = new PoolMember(
        named,
        position,
        rows.member(member.id),
        rows.workers,
        this.#worker,
        this.#clock,
      );
      made.credit = credits.get(member.id) ?? 0;
      return made;
    });
    this.#regular = this.#members.filter(({ snapshot }) => !snapshot.backup);
    this.#backups = this.#members.filter(({ snapshot }) => snapshot.backup);
  }

  /**
   * A member that takes a new connection, reserved for it: the caller connects to it, and calls its `release` once the
   * descriptor of that connection is closed. Null when no member does: the client is lost, and that is recorded.
   *
   * @param source the client's 128 bits, most significant word first
   * @param tried members that this connection has tried in vain: row ids with a bit of causes.ts
   */
  choose(source: Uint32Array, tried: Tried | null): PoolMember | null {
    const member = this.find(source, tried);
    if (member === null) this.#recordLost(tried);
    return member;
  }

  /** Like `choose`, but records no lost client. */
  find(source: Uint32Array, tried: Tried | null): PoolMember | null {
    return this.#chooseFrom(this.#regular, source, tried) ?? this.#chooseFrom(this.#backups, source, tried);
  }

  /** The first that matches and takes a new connection, reserved for it as `choose` does. */
  reserve(matches: (member: MemberSnapshot) => boolean): PoolMember | null {
    const found = this.#members.find(
      (member) => matches(member.snapshot) && member.cause() === 0 && member.reserve(),
    );
    return found ?? null;
  }

  some(matches: (member: MemberSnapshot) => boolean): boolean {
    return this.#members.some(({ snapshot }) => matches(snapshot));
  }

  /** A connection to a member has been opened. */
  connected(): void {
    const { words, at } = this.#row;
    if (read(words, at + WITHOUT_MEMBER) !== 0) Atomics.store(words, at + WITHOUT_MEMBER, 0);
  }

  #chooseFrom(members: readonly PoolMember[], source: Uint32Array, tried: Tried | null): PoolMember | null {
    const candidates = this.#candidates;
    let count = 0;
    for (const member of members) {
      const isFresh = tried === null || !tried.has(member.id);
      if (isFresh && member.cause() === 0) candidates[count++] = member;
    }
    // Mostly these are as many as the last time: to set the length of an array costs more than all of this.
    while (candidates.length > count) candidates.pop();
    while (candidates.length > 0) {
      const member = this.#picker.pick(candidates, source);
      if (member.reserve()) return member;
      candidates.splice(candidates.indexOf(member), 1);
    }
    return null;
  }

  #recordLost(tried: Tried | null): void {
    const { words, at } = this.#row;
    let causes = 0;
    for (const member of this.#members) {
      causes |= tried?.get(member.id) ?? member.cause();
    }
    Atomics.or(words, at + CAUSES, causes);
    Atomics.store(words, at + WITHOUT_MEMBER, 1);
    Atomics.add(words, at + LOST, 1);
  }

  /** Begins with another member in each worker: otherwise the first member would get the first connection of all of them. */
  #stagger(): void {
    if (this.#regular.length === 0) return;
    for (let turn = 1; turn < this.#worker; turn++) this.#picker.pick(this.#regular, nobody);
  }
}

const nobody = new Uint32Array(4);

function pickerOf(balance: string): Picker {
  const Method = methods.get(balance);
  if (Method === undefined) throw new RangeError(`there is no balance method ${balance}`);
  return new Method();
}
