import type { FieldObjection } from '../../policy/field-objection.ts';
import type { Reading, SourceRow } from '../../policy/reading.ts';
import { recordKinds } from '../records/record-kind.ts';
import { type DestinationsByKind, destinationKinds } from '../sending/destination-kind.ts';
import { type DiskSettings, diskSettings } from './disk.ts';
import { compileTriggers, type Triggers } from './triggers.ts';

/** What is recorded, and where records go. Plain data. */
export type LoggingSettings = {
  readonly deviceName: string;
  /** Milliseconds between two lines of an episode that goes on (`max-dos-alert-interval`). */
  readonly reportInterval: number;
  readonly disk: DiskSettings;
  /** Kinds of records that are written; the others go nowhere. */
  readonly written: ReadonlySet<string>;
  /** Name of the trigger policy of events, or ''. */
  readonly eventTrigger: string;
  /** Row id of the email policy that gets every attack and event that is severe enough; null = none. */
  readonly alertMail: number | null;
  readonly triggers: Triggers;
  readonly destinations: DestinationsByKind;
};

export type CompiledLogging = {
  readonly settings: LoggingSettings;
  readonly objections: readonly FieldObjection[];
};

export function compileLogging(reading: Reading): CompiledLogging {
  const kinds = [...destinationKinds.all()];
  const events = reading.singleton('log event-log');
  const alertMail = reading.singleton('log alertMail');
  const advanced = reading.singleton('system advanced');
  const settings: LoggingSettings = {
    deviceName: reading.text(reading.singleton('system global'), 'hostname'),
    reportInterval: reading.number(advanced, 'max-dos-alert-interval') * 1000,
    disk: diskSettings(reading),
    written: writtenKinds(reading),
    eventTrigger: reading.target(events, 'trigger-policy')?.key ?? '',
    alertMail: reading.isEnabled(alertMail, 'status')
      ? (reading.target(alertMail, 'email-policy')?.id ?? null)
      : null,
    triggers: compileTriggers(reading),
    destinations: new Map(kinds.map(([name, kind]) => [name, kind.compile(reading)])),
  };
  const missing = kinds.flatMap(([, kind]) => kind.objections(reading));
  return { settings, objections: [...alertMailObjections(reading, alertMail), ...missing] };
}

function writtenKinds(reading: Reading): ReadonlySet<string> {
  const names = recordKinds.names();
  return new Set(names.filter((name) => reading.isEnabled(reading.singleton(`log ${name}-log`), 'status')));
}

function alertMailObjections(reading: Reading, row: SourceRow): FieldObjection[] {
  const isWhole = !reading.isEnabled(row, 'status') || reading.target(row, 'email-policy') !== undefined;
  return isWhole
    ? []
    : [{ row: row.id, field: 'email-policy', reason: 'alertMail with status enable needs one' }];
}
