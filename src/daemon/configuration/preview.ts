import { listenerDifference, listenersOf } from '../../policy/difference.ts';
import type { PolicySnapshot, Snapshot } from '../../policy/snapshot.ts';
import type { Preview } from '../../system/configuration.ts';

/** What a configuration would make of what runs by another. */
export function previewOf(before: Snapshot, after: Snapshot): Preview {
  const [standing, wanted] = [listenersOf(before), listenersOf(after)];
  const { close, open } = listenerDifference(standing.keys(), wanted);
  const nameIn = ({ policies }: Snapshot, id: number | undefined): string =>
    policies.find((policy) => policy.id === id)?.name ?? '';
  const former = new Map(before.policies.map((policy) => [policy.id, policy]));
  return {
    opens: open.map(({ address, port, policy }) => `${address} ${port} (${nameIn(after, policy)})`),
    closes: close.map((key) => `${key} (${nameIn(before, standing.get(key)?.policy)})`),
    thresholds: new Map(
      after.policies.map((policy) => [
        policy.id,
        {
          name: policy.name,
          before: thresholdOf(former.get(policy.id)),
          after: policy.enabled ? thresholdOf(policy) : 0,
        },
      ]),
    ),
  };
}

/** 0: nobody is refused. */
function thresholdOf(policy: PolicySnapshot | undefined): number {
  if (policy === undefined || policy.monitorMode || policy.rule?.action === 'alert') return 0;
  return policy.rule?.threshold ?? 0;
}
