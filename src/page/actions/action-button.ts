import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { usePage } from '../page-context.ts';
import type { Requirement } from '../view.ts';
import type { Action } from './action.ts';

type Props = {
  readonly needs: Requirement;
  /** Made when it is wanted, of what is there then. */
  readonly action: () => Action | Promise<Action>;
  readonly done?: () => void;
  /** For whoever hears the page: what the button is about. */
  readonly label?: string;
  readonly children?: ComponentChildren;
};

/** A button that proposes an action. Whoever may not do it has none. */
export function ActionButton({ needs, action, done, label, children }: Props): VNode | null {
  const { act, failed, may } = usePage();
  if (!may(needs)) return null;
  const propose = async (event: Event): Promise<void> => {
    event.stopPropagation();
    try {
      if ((await act(await action())) !== null) done?.();
    } catch (error) {
      failed(error);
    }
  };
  return html`<button type="button" class="small" aria-label=${label} onClick=${propose}>${children}</button>`;
}
