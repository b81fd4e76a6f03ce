import { oneLine } from '../../../text/harmless.ts';
import { fieldValues, printLine } from '../../records/key-value-line.ts';
import type { NumberedRecord } from '../../records/record.ts';
import { recordKind } from '../../records/record-kind.ts';

export type MailText = { readonly subject: string; readonly body: string };

/** Records that are described in words; the others follow as lines of the log files. */
const mostInWords = 10;

/** A mail about records, the oldest first, for someone who was woken by it. */
export function mailText(records: readonly NumberedRecord[]): MailText {
  const [first] = records;
  const device = first?.deviceName ?? '';
  const sections = records.slice(0, mostInWords).map(section);
  const rest = records.slice(mostInWords).map(({ fields }) => printLine(fields));
  const more = rest.length === 0 ? [] : [[`${rest.length} more:`, '', ...rest].join('\n')];
  const footer = `-- \nSent by Levee on ${device}. "execute log display" shows what is in its log files.`;
  return {
    // Without quotes it stays readable where it is not decoded.
    subject: shortened(oneLine(`[${device}] ${summary(records)}`.replaceAll('"', ''))),
    body: `${[...sections, ...more, footer].join('\n\n')}\n`,
  };
}

/** What is in a mail, in a line. */
function summary(records: readonly NumberedRecord[]): string {
  const [only] = records;
  if (only !== undefined && records.length === 1) return headline(only);
  const ofKinds = [...Map.groupBy(records, ({ kind }) => kind)].sort();
  return ofKinds
    .map(([kind, those]) => recordKind(kind).mail.summary(those.map(({ fields }) => fieldValues(fields))))
    .join(', ');
}

function headline({ kind, fields }: NumberedRecord): string {
  return recordKind(kind).mail.headline(fieldValues(fields));
}

function section(record: NumberedRecord): string {
  const values = fieldValues(record.fields);
  const { date, time, timezone } = values;
  const rows = [
    ['Time', `${date} ${time} ${timezone}`] as const,
    ...recordKind(record.kind).mail.rows(values, record),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${oneLine(value)}`);
  return [oneLine(headline(record)), '', ...table, '', printLine(record.fields)].join('\n');
}

/** A subject of a hundred characters is read in a list of mails; the rest is in the body. */
function shortened(subject: string): string {
  const characters = [...subject];
  return characters.length <= 120 ? subject : `${characters.slice(0, 119).join('')}…`;
}
