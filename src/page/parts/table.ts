import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { count } from '../reckoning/format.ts';
import { type Order, sorted } from '../reckoning/order.ts';
import { useHeldOrder } from './held-order.ts';
import { Scroll } from './scroll.ts';

export type Column<Row> = {
  readonly title: string;
  /** By which it is sorted; absent: it is not. */
  readonly value?: (row: Row) => string | number;
  /** What stands there; absent: the value. */
  readonly cell?: (row: Row) => ComponentChildren;
  /** Digits below each other. */
  readonly isNumber?: boolean;
  /** Not on a narrow screen. */
  readonly isMinor?: boolean;
  /** Class of its cells: `name`, `actions`. */
  readonly style?: string;
};

type Props<Row> = {
  /** What is in it, for whoever hears the page. */
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Of one table no two have the same. */
  readonly id: (row: Row) => string;
  /** Said where there are no rows. */
  readonly empty: string;
  /** How it is sorted at first; absent: as the rows come. */
  readonly order?: Order;
  readonly most?: number;
  readonly chosen?: string | null;
};

/** Rows that are shown: a browser that shows thousands is slow, and nobody reads them. */
const usualMost = 200;

export function Table<Row>({
  name,
  columns,
  rows,
  id,
  empty,
  order: first,
  most = usualMost,
  chosen = null,
}: Props<Row>): VNode {
  const [order, setOrder] = useState<Order | undefined>(first);
  const by = columns.find(({ title }) => title === order?.by)?.value;
  const usual = by === undefined || order === undefined ? rows : sorted(rows, by, order.direction);
  const { rows: all, handlers, release } = useHeldOrder(usual, id);
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const shown = all.slice(0, most);
  const turn = ({ title, isNumber }: Column<Row>): void => {
    const usual = isNumber ? 'descending' : 'ascending';
    const other = order?.direction === 'ascending' ? 'descending' : 'ascending';
    release();
    setOrder({ by: title, direction: order?.by === title ? other : usual });
  };
  const head = (column: Column<Row>): VNode => {
    const { title, value } = column;
    const sort = order?.by === title ? order.direction : undefined;
    return html`<th scope="col" class=${classOf(column)} aria-sort=${sort}>
      ${value === undefined ? html`<span class=${title === '' ? 'unseen' : ''}>${title || 'Actions'}</span>` : html`<button type="button" onClick=${() => turn(column)}>${title}</button>`}
    </th>`;
  };
  return html`<${Scroll} name=${name}>
      <table class="cards">
        <caption class="unseen">${name}</caption>
        <thead><tr>${columns.map(head)}</tr></thead>
        <tbody ...${handlers}>
          ${shown.map((row) => {
            const key = id(row);
            return html`<tr key=${key} class=${key === chosen ? 'chosen' : ''}>
              ${columns.map((column) => html`<td class=${classOf(column)} data-label=${column.title}>${column.cell?.(row) ?? column.value?.(row)}</td>`)}
            </tr>`;
          })}
        </tbody>
      </table>
    <//>
    ${all.length > shown.length && html`<p class="more">${count(all.length - shown.length)} more are not shown</p>`}`;
}

function classOf<Row>({ isNumber, isMinor, style = '' }: Column<Row>): string {
  return [style, isNumber ? 'number' : '', isMinor ? 'minor' : ''].filter(Boolean).join(' ');
}
