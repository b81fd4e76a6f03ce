import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { actionOf } from '../actions/action.ts';
import type { Confirmation } from '../messages.ts';
import { usePage } from '../page-context.ts';
import { Outside } from '../parts/outside.ts';
import { duration } from '../reckoning/format.ts';

/** On every view, while a revision waits for its confirmation. */
export function ConfirmationBanner({ confirmation }: { readonly confirmation: Confirmation }): VNode {
  const { revision, author, remaining, mayConfirm } = confirmation;
  const { act } = usePage();
  const [told, setTold] = useState(Date.now());
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    setTold(Date.now());
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [remaining]);
  const left = remaining - (now - told);
  const confirm = (): void =>
    void act(actionOf(`Keep revision ${revision}`, ['execute config-transaction confirm']));
  return html`<div class="banner">
    <span role="status">Revision ${revision} of <${Outside} text=${author} /> is taken back unless it is confirmed.</span>
    <strong role="timer" class="countdown" aria-label="Time left">${duration(left / 1000)}</strong>
    ${mayConfirm && html`<button type="button" class="primary" onClick=${confirm}>Confirm</button>`}
  </div>`;
}
