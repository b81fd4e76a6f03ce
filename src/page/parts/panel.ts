import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';

type Props = {
  readonly title: ComponentChildren;
  /** What stands beside the title: buttons, fields. */
  readonly tools?: ComponentChildren;
  readonly children?: ComponentChildren;
};

/** A part of a view, with its title. What is no table stands in a `<div class="body">`. */
export function Panel({ title, tools, children }: Props): VNode {
  return html`<section class="panel"><header><h2>${title}</h2>${tools && html`<div class="tools">${tools}</div>`}</header>${children}</section>`;
}
