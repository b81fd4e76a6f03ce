import type { SecretKey } from '../../access/secret-key.ts';
import { monotonicNow } from '../../enforcer/engine/clock.ts';
import { describe, type Event } from '../../events/events.ts';
import { Logs } from '../../logs/logs.ts';
import type { LoggingSettings } from '../../logs/settings/settings.ts';
import { revealWith } from '../configuration/reveal.ts';
import type { StateDirectory } from '../state/state-directory.ts';
import type { Journal } from './journal.ts';

/** Where logs are, and what opens the passwords of their destinations. */
type LogHome = { readonly state: StateDirectory; readonly secretKey: SecretKey };

/**
 * The logs of an installation, with settings of its configuration. `report` hears of each event that they record.
 *
 * @param lastPatience as in LogsOptions
 */
export function openLogs(
  { state, secretKey }: LogHome,
  settings: LoggingSettings,
  report: (event: Event) => void = () => undefined,
  lastPatience?: number,
): Logs {
  return new Logs({
    folder: state.log,
    ...(lastPatience === undefined ? {} : { lastPatience }),
    settings,
    now: monotonicNow,
    report,
    reveal: revealWith(secretKey),
  });
}

/** Writes the events of a process that runs no enforcer. `report` takes a line for each that nobody has asked for. */
export async function writeEvents(
  home: LogHome,
  settings: LoggingSettings,
  journal: Journal,
  report: (line: string) => void,
  patience?: number,
): Promise<void> {
  const heard = (event: Event): void => {
    const { isExpected, text } = describe(event);
    if (!isExpected) report(text);
  };
  const logs = openLogs(home, settings, heard, patience);
  journal.open(logs);
  await logs.close();
  journal.open(null);
}
