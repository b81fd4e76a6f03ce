import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { harmless } from '../../text/harmless.ts';

/** Characters beyond which a name may be cut where there is little room: pointing at it tells it whole. */
const roomy = 24;

/**
 * A text that comes from outside: a name, an address, a message. Whatever direction it is written in, it turns nothing
 * around it, and what steers a terminal or hides is seen.
 */
export function Outside({ text }: { readonly text: string }): VNode {
  const shown = harmless(text);
  return html`<bdi title=${shown.length > roomy ? shown : undefined}>${shown}</bdi>`;
}

/** The same within a text of ours, where there is no place for an element: FIRST STRONG ISOLATE to its end. */
export function isolated(text: string): string {
  return `\u2068${harmless(text)}\u2069`;
}
