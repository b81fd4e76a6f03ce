import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { AdviceReport } from '../../system/reports/advice.ts';
import { Outside } from '../parts/outside.ts';
import { capturedAdvice } from './captured.ts';

/** A capture, by the name of its file, and what its sources held. */
export type Captured = { readonly file: string; readonly advice: AdviceReport };

type Props = {
  readonly live: AdviceReport;
  readonly captured: Captured | null;
  readonly choose: (captured: Captured | null) => void;
};

/** Lets somebody measure by a capture in the place of live sources. What it holds is read here, and sent nowhere. */
export function CaptureChoice({ live, captured, choose }: Props): VNode {
  const [useless, setUseless] = useState('');
  const take = async ({ currentTarget }: Event): Promise<void> => {
    if (!(currentTarget instanceof HTMLInputElement)) return;
    const [file] = currentTarget.files ?? [];
    if (file === undefined) return;
    const found = capturedAdvice(await file.text(), live);
    setUseless('reason' in found ? found.reason : '');
    choose('reason' in found ? null : { file: file.name, advice: found });
  };
  return html`<p class="aside row">
    ${
      captured === null
        ? html`<label>By a capture instead: <input type="file" accept=".json,application/json" onChange=${take} /></label>
          <span>what <code>levee replay CAPTURE --policy NAME --advise --json</code> prints</span>`
        : html`<span>By what <strong><${Outside} text=${captured.file} /></strong> says of a capture.</span>
          <button type="button" class="small" onClick=${() => choose(null)}>Live sources again</button>`
    }
    ${useless !== '' && html`<span class="bad" role="alert">${useless}</span>`}
  </p>`;
}
