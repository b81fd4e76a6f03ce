import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { EpisodeSummary } from '../../system/reports/attack-episodes.ts';
import { run } from '../asking/ask.ts';
import { usePolled } from '../asking/polled.ts';
import { State } from '../parts/figures.ts';
import { Outside } from '../parts/outside.ts';
import { Scroll } from '../parts/scroll.ts';
import { count } from '../reckoning/format.ts';
import { goesOn, sourceName } from './groups.ts';

/** Episodes that are shown at once. */
const most = 50;

/** The episodes of a group, each down to the lines of the log. */
export function EpisodeTable({ episodes }: { readonly episodes: readonly EpisodeSummary[] }): VNode {
  const [opened, setOpened] = useState<string | null>(null);
  const [shown, setShown] = useState(most);
  return html`<${Scroll} name="Episodes"><table class="inner">
    <thead><tr>
      <th>From</th><th>To</th><th>Source</th><th>Policy</th><th>Action</th>
      <th class="number">Peak</th><th class="number">Threshold</th><th class="number">Violations</th>
      <th class="number">Would refuse</th><th>State</th><th><span class="unseen">Log</span></th>
    </tr></thead>
    <tbody>
      ${episodes.slice(0, shown).map((episode) => {
        const { id, first, last, policy, action, peak, threshold, violations, wouldRefuse } = episode;
        const isOpen = opened === id;
        return html`<tr key=${id}>
            <td class="nowrap">${episode.isWhole ? '' : 'before '}${first}</td><td>${momentAfter(first, last)}</td>
            <td><${Outside} text=${sourceName(episode)} /></td><td><${Outside} text=${policy} /></td>
            <td><${Outside} text=${action} /></td>
            <td class="number">${count(peak)}</td><td class="number">${threshold === 0 ? '–' : count(threshold)}</td>
            <td class="number">${count(violations)}</td><td class="number">${count(wouldRefuse)}</td>
            <td>${goesOn(episode) ? html`<${State} level="warn">goes on<//>` : 'over'}</td>
            <td class="nowrap"><button type="button" class="small" aria-expanded=${isOpen} onClick=${() => setOpened(isOpen ? null : id)}>
              Log (${count(episode.records)})</button></td>
          </tr>
          ${isOpen && html`<tr key=${`${id} log`}><td colspan="11"><${LogLines} id=${id} /></td></tr>`}`;
      })}
    </tbody>
  </table><//>
  ${
    episodes.length > shown &&
    html`<button type="button" class="small more" onClick=${() => setShown(shown + most)}>
      ${count(episodes.length - shown)} more</button>`
  }`;
}

/** The lines as the log has them. */
function LogLines({ id }: { readonly id: string }): VNode {
  const { value } = usePolled(id, () =>
    run({ lines: [`execute log episodes lines 100000 record ${Number(id)} | raw`] }),
  );
  if (value === null) return html`<p class="faint">One moment …</p>`;
  const text = value.status === 0 ? value.output.trim() : 'These records are no longer in the log.';
  return html`<pre class="log" tabindex="0"><${Outside} text=${text} /></pre>`;
}

/** The end of an episode, without the day where that is the same. */
function momentAfter(first: string, last: string): string {
  return last.slice(0, 10) === first.slice(0, 10) ? last.slice(11) : last;
}
