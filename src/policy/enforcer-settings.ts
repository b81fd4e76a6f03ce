import type { Catalogue } from '../../schemas/catalogue.ts';
import { oneOf } from './one-of.ts';
import { type ConfigurationSource, Reading } from './reading.ts';
import type { KernelBlockAction, Snapshot } from './snapshot.ts';

/** The event loops that workers can run on. */
export type EngineName = 'epoll' | 'node';
/** `auto`: the best one that works. */
export type EngineChoice = EngineName | 'auto';

const engineChoices: readonly EngineChoice[] = ['auto', 'epoll', 'node'];

export function isEngineChoice(text: string): text is EngineChoice {
  return engineChoices.some((choice) => choice === text);
}

const kernelBlockActions: readonly KernelBlockAction[] = ['drop', 'reset'];

const fullSettings: readonly Snapshot['tableFull'][] = ['open', 'closed'];

/** What the enforcer is built with when it starts. */
export type EnforcerSettings = {
  /** Threads; 0 = one for each processor. */
  readonly workers: number;
  readonly engine: EngineChoice;
  readonly sourcesTableSize: number;
};

export function compileEnforcerSettings(catalogue: Catalogue, source: ConfigurationSource): EnforcerSettings {
  const reading = new Reading(catalogue, source);
  const row = reading.singleton('system enforcer');
  return {
    workers: reading.number(row, 'workers'),
    engine: oneOf(engineChoices, reading.text(row, 'engine')),
    sourcesTableSize: reading.number(row, 'sources-table-size'),
  };
}

/** How the enforcer ends, in milliseconds. */
export type EndingSettings = {
  /** For which it still takes new connections. */
  readonly notice: number;
  /** That those which it has may take until they are reset. */
  readonly drain: number;
};

export function compileEndingSettings(reading: Reading): EndingSettings {
  const row = reading.singleton('system enforcer');
  return {
    notice: reading.number(row, 'drain-notice') * 1000,
    drain: reading.number(row, 'drain-timeout') * 1000,
  };
}

/** What of these settings takes effect at the commit. */
export function compileLiveSettings(
  reading: Reading,
): Pick<Snapshot, 'tableFull' | 'idleTimeout' | 'mostWaiting' | 'kernelBlock'> {
  const row = reading.singleton('system enforcer');
  const megabytes = reading.number(row, 'waiting-data-limit');
  return {
    tableFull: oneOf(fullSettings, reading.text(row, 'sources-table-full')),
    idleTimeout: reading.number(row, 'idle-timeout') * 1000,
    mostWaiting: megabytes === 0 ? null : megabytes * 1024 * 1024,
    kernelBlock: reading.isEnabled(row, 'kernel-block')
      ? oneOf(kernelBlockActions, reading.text(row, 'kernel-block-action'))
      : null,
  };
}
