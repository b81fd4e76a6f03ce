import type { Catalogue } from '../../../schemas/catalogue.ts';
import { type ClusterSettings, clusterObjections, compileCluster } from '../../cluster/settings.ts';
import type { DoorSettings } from '../../doors/door.ts';
import { machineNow } from '../../enforcer/engine/local-addresses.ts';
import { compileLogging, type LoggingSettings } from '../../logs/settings/settings.ts';
import { compileSnapshot, policyObjections } from '../../policy/compile.ts';
import { mappedDevices } from '../../policy/endpoints.ts';
import {
  compileEndingSettings,
  compileEnforcerSettings,
  type EndingSettings,
  type EnforcerSettings,
} from '../../policy/enforcer-settings.ts';
import type { Machine } from '../../policy/machine.ts';
import { type ConfigurationSource, Reading } from '../../policy/reading.ts';
import type { Snapshot } from '../../policy/snapshot.ts';
import { compileDoors } from './compile-doors.ts';

/** Why a configuration as a whole can't be applied, although each of its rows is valid. */
export type ConfigurationObjection = {
  readonly error: 'policy-not-applicable' | 'must-be-set' | 'door-not-applicable';
  /** The row that it is about. */
  readonly row: number;
  /** Its name, or that of the field that must be set. */
  readonly name: string;
  readonly reason: string;
};

/** A configuration as what runs by it takes it. */
export type CompiledConfiguration = {
  /** What the workers run. */
  readonly snapshot: Snapshot;
  readonly logging: LoggingSettings;
  /** Null: this Levee is by itself. */
  readonly cluster: ClusterSettings | null;
  readonly doors: readonly DoorSettings[];
  /** The machine that it was compiled for, and the network interfaces of that whose addresses matter. */
  readonly machine: Machine;
  readonly devices: readonly string[];
  /** What an enforcer is built with. */
  readonly settings: EnforcerSettings;
  readonly ending: EndingSettings;
  /** With any it must not be applied. */
  readonly objections: readonly ConfigurationObjection[];
};

export function compileConfiguration(
  catalogue: Catalogue,
  source: ConfigurationSource,
): CompiledConfiguration {
  const reading = new Reading(catalogue, source);
  const machine = machineNow();
  const snapshot = compileSnapshot(reading, machine);
  const logging = compileLogging(reading);
  const { doors, objections: doorObjections } = compileDoors(catalogue, reading);
  const objections = [
    ...policyObjections(reading, snapshot, machine.isLocal).map(
      ({ row, policy: name, reason }) => ({ error: 'policy-not-applicable', row, name, reason }) as const,
    ),
    ...[...logging.objections, ...clusterObjections(reading)].map(
      ({ row, field: name, reason }) => ({ error: 'must-be-set', row, name, reason }) as const,
    ),
    ...doorObjections.map(
      ({ row, door: name, reason }) => ({ error: 'door-not-applicable', row, name, reason }) as const,
    ),
  ];
  return {
    snapshot,
    machine,
    devices: mappedDevices(reading),
    logging: logging.settings,
    cluster: compileCluster(reading),
    doors,
    settings: compileEnforcerSettings(catalogue, source),
    ending: compileEndingSettings(reading),
    objections,
  };
}
