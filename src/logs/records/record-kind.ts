import { join } from 'node:path';
import { folderOnDemand } from '../../modules/folder.ts';
import type { LogColumn } from '../../system/log-access.ts';
import { keyHelp } from './key-help.ts';
import type { FieldValues } from './key-value-line.ts';
import { commonKeys, type NumberedRecord } from './record.ts';

/** A line of the table that a mail has of a record. */
export type MailRow = readonly [name: string, value: string];

/**
 * A kind of records, with a log and a file of its own. Each is a file in src/logs/kinds, known by its name, which also
 * says how a record of it is made; the table `log KIND-log` says whether they are written.
 */
export type RecordKind = {
  /** What its log holds. */
  readonly help: string;
  /** The keys of its records besides the common ones. */
  readonly keys: readonly string[];
  /** What a screen shows of each. */
  readonly columns: readonly LogColumn[];
  /** `log alertMail` sends them. */
  readonly isAlert: boolean;
  /** On a full disk its files make room for those of all other kinds. */
  readonly makesRoom: boolean;
  /** What a mail says of its records. */
  readonly mail: {
    /** Of several of them: `3 events`. */
    summary(records: readonly FieldValues[]): string;
    /** Of one, in a line. */
    headline(values: FieldValues): string;
    rows(values: FieldValues, record: NumberedRecord): readonly MailRow[];
  };
};

export const recordKinds = folderOnDemand<RecordKind>(join(import.meta.dirname, '..', 'kinds'));

export function recordKind(name: string): RecordKind {
  const kind = recordKinds.get(name);
  if (kind === undefined) throw new RangeError(`there is no ${name} log`);
  return kind;
}

/** Every key that a record can have, with what it says. */
export function recordKeys(): ReadonlyMap<string, string> {
  const keys = [...commonKeys, ...[...recordKinds.all().values()].flatMap((kind) => kind.keys)];
  return new Map(keys.map((key) => [key, keyHelp[key] ?? '']));
}

/** The column that the short form of every record begins with. */
export const timeColumn: LogColumn = {
  title: 'time',
  usualWidth: 19,
  text: ({ date, time }) => `${date} ${time}`,
};

/** A column of one key; '' where a record does not have it. */
export function keyColumn(title: string, key: string, usualWidth: number): LogColumn {
  return { title, usualWidth, text: (fields) => fields[key] ?? '' };
}
