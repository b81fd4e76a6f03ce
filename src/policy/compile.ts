import { endpointText } from '../net/endpoint.ts';
import { collide, compileListening, compileServices } from './endpoints.ts';
import { compileLiveSettings } from './enforcer-settings.ts';
import { ipListCompiler } from './ip-list.ts';
import { chainsOf, loopsOf } from './loops.ts';
import type { IsLocal, Machine } from './machine.ts';
import { compileBalance, compileMembers } from './pool.ts';
import { compileProxyProtocol, proxyProtocolObjection } from './proxy-protocol.ts';
import type { ConfigurationSource, Reading, SourceRow } from './reading.ts';
import { compileRule } from './rule.ts';
import { compileScripts } from './scripting.ts';
import type { PolicySnapshot, Snapshot } from './snapshot.ts';

/** Why a policy can't run, alone or beside the others. */
export type PolicyObjection = { readonly row: number; readonly policy: string; readonly reason: string };

/** Compiles what the policies of a configuration reach; nothing else is looked at. */
export function compileSnapshot(reading: Reading, machine: Machine): Snapshot {
  const { source } = reading;
  const shared: Shared = {
    ipListOf: ipListCompiler(reading, machine.now),
    isTrafficLogged: reading.isEnabled(reading.singleton('log traffic-log'), 'status'),
    machine,
  };
  const policies = policyRows(source).map((row) => compilePolicy(reading, row, shared));
  const chains = chainsOf(policies, machine.isLocal);
  return {
    revision: source.revision,
    deviceName: reading.text(reading.singleton('system global'), 'hostname'),
    ...compileLiveSettings(reading),
    policies: policies.map((policy) => ({ ...policy, chainedFrom: chains.get(policy.id) ?? [] })),
    former: null,
  };
}

/** What stands against running the policies of a configuration, of which `snapshot` was made. */
export function policyObjections(
  reading: Reading,
  { policies }: Snapshot,
  isLocal: IsLocal,
): PolicyObjection[] {
  const unannounced = policyRows(reading.source).flatMap((row): PolicyObjection[] => {
    const reason = proxyProtocolObjection(reading, row);
    return reason === undefined ? [] : [{ row: row.id, policy: row.key, reason }];
  });
  const loops = loopsOf(policies, isLocal).map(({ policy: { id, name }, reason }) => ({
    row: id,
    policy: name,
    reason,
  }));
  return [...collisions(policies), ...unannounced, ...loops];
}

function policyRows(source: ConfigurationSource): readonly SourceRow[] {
  return source.rows('server-policy policy', null);
}

/** What the policies of a configuration have in common. */
type Shared = {
  readonly ipListOf: ReturnType<typeof ipListCompiler>;
  readonly isTrafficLogged: boolean;
  readonly machine: Machine;
};

function compilePolicy(
  reading: Reading,
  row: SourceRow,
  shared: Shared,
): Omit<PolicySnapshot, 'chainedFrom'> {
  const services = compileServices(reading, row);
  return {
    id: row.id,
    name: row.key,
    enabled: reading.isEnabled(row, 'status'),
    monitorMode: reading.isEnabled(row, 'monitor-mode'),
    services,
    ...compileListening(reading, row, services, shared.machine),
    halfOpenThreshold: reading.isEnabled(row, 'syncookie')
      ? reading.number(row, 'half-open-threshold')
      : null,
    ...compileRule(reading, row),
    ipList: shared.ipListOf(row),
    proxyProtocol: compileProxyProtocol(reading, row),
    balance: compileBalance(reading, row),
    ...compileMembers(reading, row),
    connectTimeout: connectTimeout(reading.number(row, 'tcp-conn-timeout')),
    trafficLog: reading.isEnabled(row, 'tlog') && shared.isTrafficLogged,
    scripts: compileScripts(reading, row),
    scriptsFailClosed: reading.text(row, 'scripting-on-failure') === 'closed',
  };
}

/** In milliseconds; 0 seconds leave it to Levee. */
function connectTimeout(seconds: number): number {
  return seconds === 0 ? 10_000 : seconds * 1000;
}

/** Two enabled policies can't listen at one place. The later one is objected to. */
function collisions(policies: readonly PolicySnapshot[]): PolicyObjection[] {
  const enabled = policies.filter((policy) => policy.enabled);
  const byPort = new Map<number, PolicySnapshot[]>();
  return enabled.flatMap((policy) => {
    const found = policy.endpoints.flatMap((endpoint) => {
      const others = byPort.get(endpoint.port) ?? [];
      const other = others.find(({ endpoints }) => endpoints.some((taken) => collide(taken, endpoint)));
      return other === undefined ? [] : [{ endpoint, other }];
    });
    for (const port of new Set(policy.endpoints.map((endpoint) => endpoint.port))) {
      byPort.set(port, [...(byPort.get(port) ?? []), policy]);
    }
    const [first] = found;
    if (first === undefined) return [];
    const reason = `${endpointText(first.endpoint)} is taken by policy "${first.other.name}"`;
    return [{ row: policy.id, policy: policy.name, reason }];
  });
}
