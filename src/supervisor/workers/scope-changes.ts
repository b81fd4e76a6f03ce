import { setTimeout as pause } from 'node:timers/promises';
import { monotonicNow } from '../../enforcer/engine/clock.ts';
import type { FormerScopes } from '../../enforcer/worker/messages.ts';
import type { Snapshot } from '../../policy/snapshot.ts';
import { limitOf } from '../../verdict/judge/limit.ts';
import type { SourceScope } from '../../verdict/table/key.ts';
import type { WorkerMemory } from './worker-memory.ts';

/** Milliseconds until a shard that was busy is tried again. */
const retryInterval = 1;

/**
 * Policies that tell their sources apart by other prefixes in a new snapshot. Workers get that one after another, but a
 * source would have twice its limit while one counts it by the new prefix and another by the former: they are told of
 * both, and change in one moment.
 */
export class ScopeChanges {
  readonly #memory: Pick<WorkerMemory, 'keysEpoch' | 'changeKeys'>;
  #scopes: readonly SourceScope[] = [];
  #former: FormerScopes = new Map();

  constructor(memory: Pick<WorkerMemory, 'keysEpoch' | 'changeKeys'>) {
    this.#memory = memory;
  }

  /** `before`: what all workers run, with its prefixes in effect. */
  prepare(before: Snapshot | null, after: Snapshot): void {
    const until = this.#memory.keysEpoch + 1;
    const known = new Map(before?.policies.map((policy) => [policy.id, scopeOf(policy)]));
    const changes = after.policies.map(scopeOf).flatMap((scope) => {
      const former = known.get(scope.policy);
      return former === undefined || isSame(former, scope) ? [] : [{ scope, former: { ...former, until } }];
    });
    this.#scopes = changes.map(({ scope }) => scope);
    this.#former = new Map(changes.map(({ former }) => [former.policy, former]));
  }

  /** What workers have to know beside the snapshot. */
  get former(): FormerScopes {
    return this.#former;
  }

  /** Changes to the new prefixes, once all workers have the snapshot. */
  async carryOut(): Promise<void> {
    if (this.#scopes.length === 0) return;
    while (!this.#memory.changeKeys(this.#scopes, monotonicNow())) await pause(retryInterval);
    this.#scopes = [];
  }
}

function scopeOf(policy: Snapshot['policies'][number]): SourceScope {
  const { prefixV4, prefixV6 } = limitOf(policy);
  return { policy: policy.id, prefixV4, prefixV6 };
}

function isSame(one: SourceScope, other: SourceScope): boolean {
  return one.prefixV4 === other.prefixV4 && one.prefixV6 === other.prefixV6;
}
