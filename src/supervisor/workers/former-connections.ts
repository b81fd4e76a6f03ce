import { monotonicNow } from '../../enforcer/engine/clock.ts';
import type { Gate } from '../../verdict/judge/gate.ts';
import type { Limit } from '../../verdict/judge/limit.ts';
import { isAdmitted } from '../../verdict/judge/verdict.ts';
import { ENTRY_WORDS, type EntryChanges } from '../../verdict/upkeep/entry-changes.ts';

/**
 * Connections that the process before this one still has. They are counted here, in a ledger of their own, so that limits
 * hold for the sum; that process says what becomes of them.
 */
export class FormerConnections {
  readonly #gate: Gate;
  readonly #limitOf: (policy: number) => Limit | undefined;
  /** The number in the ledger by the reference of that process. */
  readonly #connections = new Map<number, number>();
  readonly #address = new Uint32Array(4);

  /** `gate`: that of the ledger, which nobody else uses. */
  constructor(gate: Gate, limitOf: (policy: number) => Limit | undefined) {
    this.#gate = gate;
    this.#limitOf = limitOf;
  }

  get count(): number {
    return this.#connections.size;
  }

  change({ entered, released, marked }: EntryChanges): void {
    for (const reference of released) this.#release(reference);
    for (let at = 0; at < entered.length; at += ENTRY_WORDS)
      this.#enter(entered.subarray(at, at + ENTRY_WORDS));
    for (let at = 0; at < marked.length; at += 2) this.#mark(marked[at] ?? 0, marked[at + 1] === 1);
  }

  #enter(entry: Int32Array): void {
    const [reference = 0, policy = 0] = entry;
    const limit = this.#limitOf(policy);
    if (limit === undefined) return;
    this.#address.set(entry.subarray(2, 6));
    if (!isAdmitted(this.#gate.hold(limit, this.#address, monotonicNow(), undefined, 0))) return;
    const { connection } = this.#gate.judgement;
    this.#connections.set(reference, connection);
    if (entry[6] === 1) this.#gate.fellSilent(connection);
  }

  #release(reference: number): void {
    const connection = this.#connections.get(reference);
    if (connection === undefined) return;
    this.#connections.delete(reference);
    this.#gate.release(connection);
  }

  #mark(reference: number, isSilent: boolean): void {
    const connection = this.#connections.get(reference);
    if (connection === undefined) return;
    if (isSilent) this.#gate.fellSilent(connection);
    else this.#gate.spoke(connection);
  }
}
