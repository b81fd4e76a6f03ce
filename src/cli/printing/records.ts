import type { LogColumn, LogLine } from '../../system/log-access.ts';
import { padToWidth } from '../../text/display-width.ts';
import { columns } from './columns.ts';

/** Records in a short form, under titles: for each what a screen shows in the place of its line. */
export function shortRecords(records: readonly LogLine[], layout: readonly LogColumn[]): readonly string[] {
  const [titles = '', first, ...others] = columns(
    records,
    layout.map(({ title, text }) => ({ title, text: ({ fields }: LogLine) => text(fields) })),
  );
  return first === undefined ? [] : [`${titles}\n${first}`, ...others];
}

/** The same of records that come one by one: their columns have the usual widths. */
export function comingRecord({ fields }: LogLine, layout: readonly LogColumn[], isFirst: boolean): string {
  const row = (text: (column: LogColumn) => string): string =>
    layout
      .map((column) => padToWidth(text(column), column.usualWidth, 'left'))
      .join('  ')
      .trimEnd();
  const record = row(({ text }) => String(text(fields)));
  return isFirst ? `${row(({ title }) => title)}\n${record}` : record;
}
