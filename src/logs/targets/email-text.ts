import { counted } from '../../text/plural.ts';
import { type FieldValues, fieldValues, oneLine, printLine } from '../records/key-value-line.ts';
import type { NumberedRecord } from '../records/record.ts';

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
  const attacks = records.filter(({ kind }) => kind === 'attack').map(({ fields }) => fieldValues(fields));
  const violations = attacks.reduce((sum, { count }) => sum + Number(count), 0);
  const policies = new Set(attacks.map(({ policy }) => `"${policy}"`));
  const events = records.length - attacks.length;
  const parts = [
    ...(attacks.length === 0
      ? []
      : [`${counted(violations, 'violation')} of policy ${[...policies].join(', ')}`]),
    ...(events === 0 ? [] : [counted(events, 'event')]),
  ];
  return parts.join(', ');
}

function headline(record: NumberedRecord): string {
  const values = fieldValues(record.fields);
  if (record.kind !== 'attack') return String(values['msg']);
  return `${who(values)} ${deed(values)}, policy "${values['policy']}" (${values['action']})`;
}

function who({ src, sources }: FieldValues): string {
  return sources === undefined ? String(src) : counted(Number(sources), 'more source');
}

function deed({ phase, main_type: type, open, count, sources }: FieldValues): string {
  if (sources !== undefined) return `made ${counted(Number(count), 'violation')}`;
  if (phase === 'end') return 'has stopped';
  if (phase === 'summary') return `goes on: ${counted(Number(count), 'violation')}`;
  return type === 'IP List' ? 'is not let in' : `holds ${counted(Number(open), 'connection')}`;
}

function section(record: NumberedRecord): string {
  const values = fieldValues(record.fields);
  const rows = record.kind === 'attack' ? attackRows(values) : eventRows(record, values);
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${oneLine(value)}`);
  return [oneLine(headline(record)), '', ...table, '', printLine(record.fields)].join('\n');
}

type Row = readonly [string, string];

function when({ date, time, timezone }: FieldValues): Row {
  return ['Time', `${date} ${time} ${timezone}`];
}

function attackRows(values: FieldValues): Row[] {
  const { policy, dst, dst_port: port, service, threshold, open, peak, silent, count } = values;
  const limit = threshold === 0 ? 'no limit' : `the limit is ${threshold}`;
  const isList = values['main_type'] === 'IP List';
  return [
    when(values),
    ['Source', who(values)],
    ['Policy', `${policy} (${service}, ${dst} port ${port})`],
    ['Attack', String(values['msg'])],
    ...(isList ? [] : [['Holds', `${open} now, ${peak} at most; ${limit}`] as const]),
    ...(silent === undefined ? [] : [['Silent', String(silent)] as const]),
    ['Violations', `${count} in this record${total(values)}`],
    ['Action', String(values['action'])],
    ['Would refuse', String(values['would_refuse'])],
    ['Severity', String(values['severity_level'])],
    [isList ? 'IP list' : 'Rule', String(values['rule'])],
  ];
}

function total({ total: all, duration }: FieldValues): string {
  return all === undefined ? '' : `, ${all} in ${duration} s altogether`;
}

function eventRows({ level }: NumberedRecord, values: FieldValues): Row[] {
  const { user, ui, old, new: now, cfgattr } = values;
  return [
    when(values),
    ['Level', level],
    ...(user === 'daemon' ? [] : [['User', `${user} (${ui})`] as const]),
    ...(cfgattr === undefined ? [] : [['Field', `${cfgattr}: "${old}" is now "${now}"`] as const]),
  ];
}

/** A subject of a hundred characters is read in a list of mails; the rest is in the body. */
function shortened(subject: string): string {
  const characters = [...subject];
  return characters.length <= 120 ? subject : `${characters.slice(0, 119).join('')}…`;
}
