import type { EnforcerReport, PolicyReport } from '../../system/reports/running.ts';
import { productVersion } from '../../system/version.ts';
import { timeText } from '../../time/log-time.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { Settings } from '../session/settings/settings.ts';

/** What stands, and what runs of it; null: no enforcer does. */
type SystemStatus = {
  readonly version: string;
  readonly hostname: string;
  readonly revision: number;
  /** ISO 8601. */
  readonly time: string;
  readonly enforcer: Enforcer | null;
};

type Enforcer = Pick<
  EnforcerReport,
  'runningSince' | 'stopping' | 'workers' | 'listeners' | 'connections' | 'admitted' | 'refused'
> & { readonly policies: number };

export default {
  verb: 'get',
  words: ['system', 'status'],
  alsoCalled: ['version', 'uptime'],
  parameters: '',
  help: 'Show the version, the time, and what runs',
  requires: { area: 'sysgrp', access: 'r' },
  api: 'reads',
  suggest: () => [],
  run({ model, levels, system, print }, [extra]): Faults {
    if (extra !== undefined) return [superfluous(extra)];
    const { view } = levels;
    const status: SystemStatus = {
      version: productVersion,
      hostname: new Settings(model.catalogue, view).hostName,
      revision: view.revision,
      time: new Date().toISOString(),
      enforcer: system === undefined ? null : enforcerOf(system.status(), system.policies(null)),
    };
    print({ lines: statusLines(status), data: () => status });
    return done;
  },
} satisfies Operation;

function enforcerOf(
  { runningSince, stopping, workers, listeners, connections, admitted, refused }: EnforcerReport,
  policies: readonly PolicyReport[],
): Enforcer {
  return {
    runningSince,
    stopping,
    workers,
    policies: policies.length,
    listeners,
    connections,
    admitted,
    refused,
  };
}

/** Labels as FortiWeb has them: programs look for `Version:`. */
function* statusLines({ version, hostname, revision, time, enforcer }: SystemStatus): Generator<string> {
  yield line('Version', `Levee ${version}`);
  yield line('Hostname', hostname);
  yield line('System Time', timeText(Date.parse(time)));
  yield line('Revision', revision);
  if (enforcer === null) {
    yield line('Enforcer', 'not running');
    return;
  }
  const { failed, listening } = enforcer.listeners;
  yield line(
    'Enforcer',
    `running since ${timeText(Date.parse(enforcer.runningSince))}${enforcer.stopping ? ', and about to end' : ''}`,
  );
  yield line('Workers', enforcer.workers);
  yield line('Policies', enforcer.policies);
  yield line('Listeners', failed === 0 ? listening : `${listening}, and ${failed} failed`);
  yield line('Connections', enforcer.connections);
  yield line('Admitted', enforcer.admitted);
  yield line('Refused', enforcer.refused);
}

function line(label: string, value: string | number): string {
  return `${`${label}:`.padEnd(13)}${value}`;
}
