import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { leveeConfiguration, scriptingOf } from './levee-configuration.ts';
import { startProgram, stopProgram, untilListening } from './process.ts';
import { mostHeld, type Ports, type RunningProxy } from './proxy.ts';

export const leveeProgram: string = join(import.meta.dirname, '..', '..', 'bin', 'levee');

export type LeveeOptions = {
  readonly workers: number;
  readonly processor: number | null;
  readonly action: 'alert_deny' | 'deny_no_log' | 'block-period';
  /** The kernel refuses those who are blocked. */
  readonly kernelBlock?: boolean;
  /** Of its workers; by default the one that it chooses. */
  readonly engine?: 'epoll' | 'node';
  /** Commands that open doors on these ports. */
  readonly doors?: { readonly commands: string; readonly ports: readonly number[] };
};

/** Its `special` port has a script that does nothing. `state` is its state directory, which does not exist yet. */
export async function startLevee(
  state: string,
  ports: Ports,
  { workers, processor, action, engine, doors, kernelBlock = false }: LeveeOptions,
): Promise<RunningProxy> {
  const file = `${state}.conf`;
  const policies = [
    { name: 'relay', port: ports.relay, threshold: mostHeld, action },
    { name: 'guarded', port: ports.guarded, threshold: 1, action },
    { name: 'special', port: ports.special, threshold: mostHeld, action },
  ];
  const kernel = kernelBlock ? 'config system enforcer\nset kernel-block enable\nend\n' : '';
  const script = scriptingOf('special', 'when TCP_ACCEPTED { }');
  const usual = leveeConfiguration(policies, ports.backend, workers, engine);
  writeFileSync(file, usual + script + kernel + (doors?.commands ?? ''));
  execFileSync(leveeProgram, ['--state', state, 'import', file]);
  const child = startProgram([leveeProgram, '--state', state, 'daemon'], processor);
  for (const port of [ports.special, ...(doors?.ports ?? [])]) await untilListening(port, child);
  return {
    name: 'Levee',
    ports,
    processes: () => (child.pid === undefined ? [] : [child.pid]),
    stop: () => stopProgram(child),
  };
}
