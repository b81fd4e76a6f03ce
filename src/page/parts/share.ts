import { html } from 'htm/preact';
import type { VNode } from 'preact';

/** A bar as long as a value is of a whole; the number stands beside it for whoever does not see it. */
export function Share({ value, of }: { readonly value: number; readonly of: number }): VNode {
  const share = of > 0 ? Math.min(1, value / of) : 0;
  return html`<span class="bar-of" aria-hidden="true"><span style=${{ width: `${share * 100}%` }}></span></span>`;
}
