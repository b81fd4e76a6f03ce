import type { Endpoint } from '../net/endpoint.ts';
import type { Snapshot } from './snapshot.ts';

/** A listener that a snapshot asks for, and the policy (row id) that its connections belong to. */
export type ListenerPlan = Endpoint & { readonly policy: number };

/** `address port`, the address as the snapshot writes it: what a listener is, whoever owns it. */
export function listenerKey(endpoint: Endpoint): string {
  return `${endpoint.address} ${endpoint.port}`;
}

/** The listeners of a snapshot by their key; a disabled policy has none. */
export function listenersOf(snapshot: Snapshot): ReadonlyMap<string, ListenerPlan> {
  const plans = new Map<string, ListenerPlan>();
  for (const policy of snapshot.policies) {
    if (!policy.enabled) continue;
    for (const endpoint of policy.endpoints) {
      const key = listenerKey(endpoint);
      if (!plans.has(key)) plans.set(key, { ...endpoint, policy: policy.id });
    }
  }
  return plans;
}

export type ListenerDifference = {
  /** Keys of the listeners that nobody wants any more. */
  readonly close: readonly string[];
  readonly open: readonly ListenerPlan[];
};

/**
 * From the listeners that stand to those that are wanted. One that stands and is wanted is in neither list, even
 * when another policy owns it now.
 */
export function listenerDifference(
  standing: Iterable<string>,
  wanted: ReadonlyMap<string, ListenerPlan>,
): ListenerDifference {
  const before = new Set(standing);
  return {
    close: [...before].filter((key) => !wanted.has(key)),
    open: [...wanted].filter(([key]) => !before.has(key)).map(([, plan]) => plan),
  };
}
