import { displayWidth, padToWidth } from '../../text/display-width.ts';
import type { Span } from '../screen/frame.ts';
import type { Shown, TableChoice } from './table-choice.ts';

type Row = readonly Span[];

/** What the person does: they look, type behind a slash, are asked before something is done, or read which keys there are. */
export type Doing =
  | { readonly kind: 'looking' }
  | { readonly kind: 'typing'; readonly text: string }
  | { readonly kind: 'asked'; readonly question: string }
  | { readonly kind: 'reading-keys' };

/** An empty one, the tables to choose from, the titles, a row of the table, and the foot. */
const leastRows = 5;

/** The rows of a screen of this height for what a person looks at. */
export function liveRows(
  choice: TableChoice,
  height: number,
  doing: Doing,
  isPaused: boolean,
): readonly Row[] {
  const shown = choice.shown();
  const { view } = choice;
  // Of what all is about as much as leaves room for a row.
  const head = view.head.slice(0, Math.max(0, height - leastRows));
  const above = [...head.map((line) => [plain(line)]), [], tabsOf(choice)];
  const below = [footOf(shown, view.remark, doing, isPaused)];
  const room = Math.max(1, height - above.length - below.length - 1);
  const rows = [...above, ...(doing.kind === 'reading-keys' ? keyRows(choice) : tableRows(shown, room))];
  while (rows.length < height - below.length) rows.push([]);
  return [...rows.slice(0, height - below.length), ...below];
}

function plain(text: string): Span {
  return { text, style: 'plain' };
}

function tabsOf({ view, tableIndex }: TableChoice): Row {
  return view.tables.flatMap(
    ({ name, rows }, index): Row => [
      { text: ` ${index + 1} ${name} (${rows.length}) `, style: index === tableIndex ? 'selected' : 'ghost' },
      plain(' '),
    ],
  );
}

function tableRows({ table, rows, selected, order }: Shown, room: number): readonly Row[] {
  const first = Math.max(0, Math.min(selected - Math.floor(room / 2), rows.length - room));
  const visible = rows.slice(first, first + room);
  const titles = table.columns.map((title, index) =>
    order.column === index ? `${title} ${order.descending ? '↓' : '↑'}` : title,
  );
  const isOfNumbers = titles.map((_, index) => rows.every(({ cells }) => typeof cells[index] === 'number'));
  const widths = titles.map((title, index) =>
    Math.max(displayWidth(title), ...visible.map(({ cells }) => displayWidth(String(cells[index] ?? '')))),
  );
  const line = (cells: readonly (string | number)[]): string =>
    titles
      .map((_, index) =>
        padToWidth(
          String(cells[index] ?? ''),
          widths[index] ?? 0,
          isOfNumbers[index] === true ? 'right' : 'left',
        ),
      )
      .join('  ');
  const head: Row = [{ text: line(titles), style: 'verb' }];
  const body = visible.map(
    ({ cells }, index): Row => [
      { text: line(cells), style: first + index === selected ? 'selected' : 'plain' },
    ],
  );
  return [head, ...(rows.length === 0 ? [[{ text: 'none', style: 'ghost' } as const]] : body)];
}

function keyRows({ view, tableIndex }: TableChoice): readonly Row[] {
  const acting = view.tables[tableIndex]?.actions ?? [];
  const keys = [
    ...acting.map(({ key, label }) => [key, `${label}, of the chosen row; it asks first`]),
    ['q, Ctrl-C', 'leave'],
    [`Tab, Left, Right, 1 to ${view.tables.length}`, 'another table'],
    ['Up, Down, Page Up, Page Down, Home, End', 'another row'],
    ['s', 'sort by the next column'],
    ['r', 'reverse the order'],
    ['/', 'only rows that hold a text'],
    ['space', 'stand still, go on'],
    ['?', 'these keys; any key goes back'],
  ];
  const width = Math.max(...keys.map(([key = '']) => key.length)) + 2;
  return keys.map(([key = '', help = '']) => [
    { text: padToWidth(key, width, 'left'), style: 'verb' },
    plain(help),
  ]);
}

function footOf({ table, filter }: Shown, remark: string, doing: Doing, isPaused: boolean): Row {
  if (doing.kind === 'typing') return [plain(`/${doing.text}`), { text: ' ', style: 'selected' }];
  if (doing.kind === 'asked') return [{ text: `${doing.question} (y/N) `, style: 'value' }];
  const foot = [
    ...table.actions.map(({ key, label }) => `${key} ${label}`),
    '? keys',
    'q leave',
    'Tab next table',
    's sort',
    'r reverse',
    '/ filter',
    isPaused ? 'space go on' : 'space pause',
  ];
  return [
    ...(remark === '' ? [] : [{ text: `${remark}  `, style: 'value' } as const]),
    ...(filter === '' ? [] : [{ text: `only "${filter}"  `, style: 'path' } as const]),
    ...(isPaused ? [{ text: 'paused  ', style: 'path' } as const] : []),
    { text: foot.join(' · '), style: 'ghost' },
  ];
}
