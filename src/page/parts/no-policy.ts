import { html } from 'htm/preact';
import type { VNode } from 'preact';

/** Said where there is nothing to show until there is a policy. */
export function NoPolicy(): VNode {
  return html`<p class="empty">There is no policy yet: at the prompt, <code>execute wizard flood-rule</code>
    asks a few questions and makes one.</p>`;
}
