import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { linkTo } from '../frame/route.ts';
import { isolated } from './outside.ts';

type Props = {
  /** The view that it filters. */
  readonly path: string;
  readonly policies: readonly string[];
  /** That is chosen; null: all of them. */
  readonly policy: string | null;
  readonly text: string;
  readonly typed: (text: string) => void;
};

/** Which sources are shown: of one policy, and those that hold a text. */
export function SourceFilter({ path, policies, policy, text, typed }: Props): VNode {
  const choose = ({ target }: Event): void => {
    if (!(target instanceof HTMLSelectElement)) return;
    location.hash = target.value === '' ? linkTo(path) : linkTo(path, { policy: target.value });
  };
  const type = ({ target }: Event): void => {
    if (target instanceof HTMLInputElement) typed(target.value);
  };
  return html`
    <input type="search" placeholder="Find a source" aria-label="Find a source" value=${text} onInput=${type} spellcheck=${false} />
    <select aria-label="Policy" value=${policy ?? ''} onChange=${choose}>
      <option value="">all policies</option>
      ${policies.map((each) => html`<option value=${each}>${isolated(each)}</option>`)}
    </select>`;
}
