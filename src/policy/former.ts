import type { FormerSnapshot, Snapshot } from './snapshot.ts';

/** What of a snapshot tells whom it would have admitted, for a later revision that is guarded by it. */
export function formerOf({ tableFull, policies }: Snapshot, guarded: number): FormerSnapshot {
  return {
    guarded,
    tableFull,
    policies: policies
      .filter(({ enabled }) => enabled)
      .map(({ id, monitorMode, rule, ipList, scripts, proxyProtocol }) => ({
        id,
        monitorMode,
        rule,
        ipList,
        proxyProtocol,
        scripts: scripts.map((script) => ({ ...script, text: '' })),
      })),
  };
}
