import type { Catalogue } from '../../../schemas/catalogue.ts';
import { type ConfigurationSource, Reading, type SourceRow } from '../reading.ts';
import { compileDestinations, type Destinations } from './destinations.ts';
import { type DiskSettings, diskSettings } from './disk.ts';
import { emailObjections } from './email.ts';
import type { LoggingObjection } from './objection.ts';
import { compileTriggers, type Triggers } from './triggers.ts';

/** What is recorded, and where records go. Plain data. */
export type LoggingSettings = {
  readonly deviceName: string;
  /** Milliseconds between two lines of an episode that goes on (`max-dos-alert-interval`). */
  readonly reportInterval: number;
  readonly disk: DiskSettings;
  readonly attackLog: boolean;
  readonly eventLog: boolean;
  readonly trafficLog: boolean;
  /** Name of the trigger policy of events, or ''. */
  readonly eventTrigger: string;
  /** Row id of the email policy that gets every attack and event that is severe enough; null = none. */
  readonly alertMail: number | null;
  readonly triggers: Triggers;
  readonly destinations: Destinations;
};

export type CompiledLogging = {
  readonly settings: LoggingSettings;
  readonly objections: readonly LoggingObjection[];
};

export function compileLogging(catalogue: Catalogue, source: ConfigurationSource): CompiledLogging {
  const reading = new Reading(catalogue, source);
  const events = reading.singleton('log event-log');
  const alertMail = reading.singleton('log alertMail');
  const advanced = reading.singleton('system advanced');
  const settings: LoggingSettings = {
    deviceName: reading.text(reading.singleton('system global'), 'hostname'),
    reportInterval: reading.number(advanced, 'max-dos-alert-interval') * 1000,
    disk: diskSettings(reading),
    attackLog: reading.isEnabled(reading.singleton('log attack-log'), 'status'),
    eventLog: reading.isEnabled(events, 'status'),
    trafficLog: isTrafficLogged(reading),
    eventTrigger: reading.target(events, 'trigger-policy')?.key ?? '',
    alertMail: reading.isEnabled(alertMail, 'status')
      ? (reading.target(alertMail, 'email-policy')?.id ?? null)
      : null,
    triggers: compileTriggers(source),
    destinations: compileDestinations(reading),
  };
  return { settings, objections: [...alertMailObjections(reading, alertMail), ...emailObjections(reading)] };
}

/** Whether workers report each connection that has ended. */
export function isTrafficLogged(reading: Reading): boolean {
  return reading.isEnabled(reading.singleton('log traffic-log'), 'status');
}

function alertMailObjections(reading: Reading, row: SourceRow): LoggingObjection[] {
  const isWhole = !reading.isEnabled(row, 'status') || reading.target(row, 'email-policy') !== undefined;
  return isWhole
    ? []
    : [{ row: row.id, field: 'email-policy', reason: 'alertMail with status enable needs one' }];
}
