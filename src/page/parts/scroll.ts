import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

type Props = {
  /** What is in it, for whoever hears the page. */
  readonly name: string;
  readonly children?: ComponentChildren;
};

/** Around a table: it scrolls by itself where it is too wide, by keyboard too, and keeps the keyboard when a row goes that has it. */
export function Scroll({ name, children }: Props): VNode {
  const place = useRef<HTMLDivElement>(null);
  /** What in it has the keyboard, or had it last. */
  const focused = useRef<Element | null>(null);
  useLayoutEffect(() => {
    if (focused.current === null || focused.current.isConnected) return;
    focused.current = null;
    if (document.activeElement === document.body) place.current?.focus({ preventScroll: true });
  });
  const enter = ({ target }: FocusEvent): void => {
    focused.current = target instanceof Element ? target : null;
  };
  // Where it goes nowhere, what had it may have gone.
  const leave = ({ relatedTarget }: FocusEvent): void => {
    if (relatedTarget !== null) focused.current = null;
  };
  return html`<div class="scroll" ref=${place} tabindex="0" role="region" aria-label=${name} onFocusIn=${enter} onFocusOut=${leave}>
    ${children}
  </div>`;
}
