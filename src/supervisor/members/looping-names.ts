import type { RaisedEvent } from '../../events/events.ts';
import { nameLooped } from '../../events/members.ts';
import type { Endpoint } from '../../net/endpoint.ts';
import { type Listening, policyAt } from '../../policy/loops.ts';
import type { IsLocal } from '../../policy/machine.ts';

/** A member that is known by a name, and where that is now. */
export type NamedMember = Endpoint & { readonly id: number; readonly name: string };

/**
 * Members whose names mean a listener of Levee itself. No commit could know that, so they are not connected to. A server
 * that is a policy on purpose is known by its address.
 */
export class LoopingNames {
  readonly #onEvent: (event: RaisedEvent) => void;
  #looping: ReadonlyMap<number, string> = new Map();

  constructor(onEvent: (event: RaisedEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** Looks at all of them anew, and reports those that begin to loop. */
  look(members: readonly NamedMember[], policies: readonly Listening[], isLocal: IsLocal): void {
    const before = this.#looping;
    const looping = new Map<number, string>();
    for (const member of members) {
      const policy = policyAt(member, policies, isLocal);
      if (policy === undefined) continue;
      const { id, name, address } = member;
      looping.set(id, address);
      if (before.get(id) !== address) this.#onEvent(nameLooped({ name, address, listening: policy.name }));
    }
    this.#looping = looping;
  }

  has(member: number): boolean {
    return this.#looping.has(member);
  }
}
