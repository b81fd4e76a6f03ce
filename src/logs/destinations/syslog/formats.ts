import { oneLine } from '../../../text/harmless.ts';
import { fieldValues, printLine } from '../../records/key-value-line.ts';
import type { NumberedRecord } from '../../records/record.ts';
import { cef } from './cef.ts';
import type { SyslogServer } from './settings.ts';

/** How a record is written for a syslog server. None of them holds a newline. */
export const formats: Readonly<Record<SyslogServer['format'], (record: NumberedRecord) => string>> = {
  default: ({ fields }) => printLine(fields),
  cef,
  csv: ({ fields }) => fields.map(({ key, value }) => cell(`${key}=${csvText(String(value))}`)).join(','),
  json: ({ fields }) => oneLine(JSON.stringify(fieldValues(fields))),
};

/** RFC 4180. */
function cell(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvText(value: string): string {
  return oneLine(value.replaceAll('\\', '\\\\'));
}
