import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { type Headroom, headroomOf } from '../reckoning/headroom.ts';

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

type BarProps = {
  /** 0 to 1. */
  readonly share: number;
  readonly level?: Headroom['level'];
  /** What it is of, for whoever hears the page. */
  readonly label?: string;
};

/** A part of something. */
export function Bar({ share, level = 'fine', label }: BarProps): VNode {
  return html`<span role="meter" class=${level} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(share * 100)} aria-label=${label ?? 'of its limit'}><span style=${{ width: `${share * 100}%` }}></span></span>`;
}

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
  return html`<span class="meter"><${Bar} share=${share} level=${level} /><span class=${levels[level]}>${text}</span></span>`;
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
