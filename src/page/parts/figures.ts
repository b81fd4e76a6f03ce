import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { headroomOf } from '../reckoning/headroom.ts';

export type FigureProps = {
  readonly label: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly level?: 'good' | 'warn' | 'bad' | '';
};

/** A number that is read at a glance. They stand in a `<dl class="figures">`. */
export function Figure({ label, value, note, level = '' }: FigureProps): VNode {
  return html`<div class="figure"><dt>${label}</dt><dd class=${level}>${value}</dd>${note && html`<dd class="note">${note}</dd>`}</div>`;
}

const levels = { fine: '', near: 'warn', full: 'bad' };

type MeterProps = {
  readonly used: number;
  /** 0: none. */
  readonly limit: number;
  /** Absent: `used` of `limit`. */
  readonly text?: string;
};

/** How much of a limit is taken, as a bar and in words. */
export function Meter({ used, limit, text: own }: MeterProps): VNode {
  const { used: share, level, text: usual } = headroomOf(used, limit);
  const text = own ?? usual;
  if (share === null) return html`<span class="faint">${text}</span>`;
  return html`<span class="meter"><meter min="0" max="1" low="0.8" high="0.999" optimum="0" value=${share}></meter><span class=${levels[level]}>${text}</span></span>`;
}

/** A state in one word, with a mark of its colour. */
export function State({
  level,
  children,
}: {
  readonly level: 'good' | 'warn' | 'bad' | 'faint';
  readonly children?: ComponentChildren;
}): VNode {
  return html`<span class=${`state ${level}`}><span>${children}</span></span>`;
}
