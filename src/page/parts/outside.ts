import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { harmless } from '../../text/harmless.ts';

/**
 * A text that comes from outside: a name, an address, a message. Whatever direction it is written in, it turns nothing
 * around it, and what steers a terminal or hides is seen.
 */
export function Outside({ text }: { readonly text: string }): VNode {
  return html`<bdi>${harmless(text)}</bdi>`;
}
