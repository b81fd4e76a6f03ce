import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { run } from '../asking/ask.ts';
import type { RunAnswer } from '../messages.ts';
import { Outside } from '../parts/outside.ts';
import { confirmedLines } from '../reckoning/lines.ts';
import type { Action } from './action.ts';

type Props = {
  readonly action: Action;
  /** It was done, or is not wanted: null. */
  readonly settled: (answer: RunAnswer | null) => void;
  readonly failed: (error: unknown) => void;
};

/** Minutes that a confirmation may take; 0: none is asked for. */
const waits = [0, 2, 5, 10, 30];

/** Shows the lines that an action stands for before they are run, and what the command line says against them. */
export function Proposal({ action, settled, failed }: Props): VNode {
  const { title, text, choices, question, isChange = false, isDangerous = false } = action;
  const dialog = useRef<HTMLDialogElement>(null);
  const [chosen, setChosen] = useState(0);
  const [wait, setWait] = useState(0);
  const [isRunning, setRunning] = useState(false);
  const [refused, setRefused] = useState<RunAnswer | null>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    shown?.querySelector<HTMLElement>('button[type=submit]')?.focus();
    return () => {
      // Whoever goes by keyboard is again where they were; or, where that has gone, at the view.
      shown?.close();
      if (document.activeElement === document.body) document.getElementById('main')?.focus();
    };
  }, []);
  const own = choices[chosen]?.lines ?? [];
  const lines = wait === 0 ? own : confirmedLines(own, wait);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isRunning) return;
    setRunning(true);
    setRefused(null);
    try {
      const answer = await run({ lines });
      if (answer.status === 0) settled(answer);
      else setRefused(answer);
    } catch (error) {
      failed(error);
      settled(null);
    } finally {
      setRunning(false);
    }
  };
  const leave = (event: Event): void => {
    event.preventDefault();
    if (!isRunning) settled(null);
  };
  const wrong = new Set(refused?.errors.map(({ line }) => line));
  return html`<dialog ref=${dialog} class="proposal" aria-labelledby="proposal-title" onCancel=${leave}>
    <form onSubmit=${submit}>
      <h2 id="proposal-title">${title}</h2>
      ${text && html`<div class="text">${text}</div>`}
      ${
        choices.length > 1 &&
        html`<label class="field">
          <span>${question}</span>
          <select value=${chosen} onChange=${(event: Event) => setChosen(numberIn(event))}>
            ${choices.map(({ label }, index) => html`<option value=${index}>${label}</option>`)}
          </select>
        </label>`
      }
      ${
        isChange &&
        html`<label class="field">
          <span>Taken back by itself unless it is confirmed</span>
          <select value=${wait} onChange=${(event: Event) => setWait(numberIn(event))}>
            ${waits.map((minutes) => html`<option value=${minutes}>${minutes === 0 ? 'no' : `within ${minutes} minutes`}</option>`)}
          </select>
        </label>`
      }
      <p class="caption">What is entered at the command line:</p>
      <pre class="lines" tabindex="0">${lines.map((line, index) => html`<span class=${wrong.has(index + 1) ? 'line wrong' : 'line'}><${Outside} text=${line} />${'\n'}</span>`)}</pre>
      ${refused && html`<${Refused} answer=${refused} />`}
      <div class="buttons">
        <button type="button" onClick=${leave} disabled=${isRunning}>Cancel</button>
        <button type="submit" class=${isDangerous ? 'danger' : 'primary'} disabled=${isRunning}>
          ${isRunning ? 'Running …' : 'Run it'}
        </button>
      </div>
    </form>
  </dialog>`;
}

function Refused({ answer }: { readonly answer: RunAnswer }): VNode {
  const { errors, notices } = answer;
  return html`<div class="refused" role="alert">
    <strong>It was refused:</strong>
    <ul>
      ${errors.map(
        ({ line, message, expected, nearest, returnCode }) => html`<li>
          ${line === null ? '' : `line ${line}: `}<${Outside} text=${message} />; expected <${Outside} text=${expected} />
          ${nearest !== null && html` (did you mean <${Outside} text=${nearest} />?)`}
          ${returnCode !== null && html`<span class="faint"> (${returnCode})</span>`}
        </li>`,
      )}
      ${notices.map((notice) => html`<li><${Outside} text=${notice} /></li>`)}
    </ul>
  </div>`;
}

function numberIn({ target }: Event): number {
  return target instanceof HTMLSelectElement ? Number(target.value) : 0;
}
