import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { EpisodesReport } from '../../system/reports/attack-episodes.ts';
import { monitor } from '../asking/ask.ts';
import { usePolled } from '../asking/polled.ts';
import { EpisodeTable } from '../attacks/episode-table.ts';
import { type AttackGroup, attackGroups, type Grouping, goesOn, groupings } from '../attacks/groups.ts';
import { usePage } from '../page-context.ts';
import { Figure, State } from '../parts/figures.ts';
import { useHeldOrder } from '../parts/held-order.ts';
import { isolated, Outside } from '../parts/outside.ts';
import { Panel } from '../parts/panel.ts';
import { Scroll } from '../parts/scroll.ts';
import { Share } from '../parts/share.ts';
import { count, counted, shortCount } from '../reckoning/format.ts';
import type { View, ViewProps } from '../view.ts';

/** Milliseconds between two looks into the log. */
const look = 10_000;

/** Lines of the log that are read again and again, and that are read once when somebody asks for more. */
const fewLines = 2000;
const manyLines = 20_000;

/** Groups that are shown at once. */
const most = 100;

type Wanted = {
  readonly policy: string;
  readonly source: string;
  readonly since: string;
  readonly until: string;
};

function Attacks({ query }: ViewProps): VNode {
  const { live } = usePage();
  const [by, setBy] = useState<Grouping>('source');
  const [wanted, setWanted] = useState<Wanted>({
    policy: query.get('policy') ?? '',
    source: query.get('source') ?? '',
    since: '',
    until: '',
  });
  const policies = live.measured?.measured.policies ?? [];
  const words = Object.entries(wanted).flatMap(([name, value]) => (value === '' ? [] : [name, value]));
  const [lines, setLines] = useState(fewLines);
  const asked = ['lines', String(lines), ...words];
  const { value: report, again } = usePolled(
    asked.join('\0'),
    () => monitor<EpisodesReport>('log/episodes', ...asked),
    lines === fewLines ? look : undefined,
  );
  const change =
    (field: keyof Wanted) =>
    ({ currentTarget }: Event): void => {
      if (currentTarget instanceof HTMLInputElement || currentTarget instanceof HTMLSelectElement)
        setWanted({ ...wanted, [field]: currentTarget.value.trim() });
    };
  const names = [...new Set([...policies.map(({ policy }) => policy), wanted.policy])].filter(Boolean);
  // What is typed is taken when it is whole: until then it is the browser's, and what is live does not undo it.
  return html`<form class="filters" onSubmit=${(event: Event) => event.preventDefault()}>
      <label class="field"><span>Policy</span>
        <select value=${wanted.policy} onChange=${change('policy')}>
          <option value="">all</option>
          ${names.sort().map((name) => html`<option value=${name}>${isolated(name)}</option>`)}
        </select></label>
      <label class="field"><span>Source, a prefix, or a range</span>
        <input defaultValue=${wanted.source} onChange=${change('source')} placeholder="192.0.2.0/24" spellcheck=${false} autocapitalize="none" /></label>
      <label class="field"><span>Since the day</span>
        <input type="date" onChange=${change('since')} /></label>
      <label class="field"><span>Until the day</span>
        <input type="date" onChange=${change('until')} /></label>
      <button type="submit" onClick=${again}>Look again</button>
    </form>
    ${
      report === null
        ? html`<p class="faint">One moment …</p>`
        : html`<${Report} report=${report} by=${by} setBy=${setBy}
      more=${lines === fewLines ? () => setLines(manyLines) : undefined} />`
    }`;
}

type ReportProps = {
  readonly report: EpisodesReport;
  readonly by: Grouping;
  readonly setBy: (by: Grouping) => void;
  /** Reads more of the log; absent: it has all that is read at once. */
  readonly more: (() => void) | undefined;
};

function Report({ report, by, setBy, more }: ReportProps): VNode {
  const { episodes, violations, records, isCut } = report;
  const [opened, setOpened] = useState<string | null>(null);
  const { rows: groups, handlers } = useHeldOrder(attackGroups(episodes, by), nameOf);
  if (episodes.length === 0)
    return html`<p class="empty">No attack is in the log, or none that is looked for.</p>`;
  const wouldRefuse = episodes.reduce((sum, each) => sum + each.wouldRefuse, 0);
  const running = episodes.filter(goesOn).length;
  const tools = html`<div class="switch" role="group" aria-label="Put together by">
    ${groupings.map((each) => html`<button type="button" class="small" aria-pressed=${each === by} onClick=${() => setBy(each)}>${each}</button>`)}
  </div>`;
  return html`<dl class="figures">
      <${Figure} label="Violations" value=${shortCount(violations)} note=${`of ${counted(records, 'line')} of the log`} />
      <${Figure} label="Episodes" value=${shortCount(episodes.length)} note=${`${count(running)} of them without an end yet`} />
      <${Figure} label="Refused" value=${shortCount(wouldRefuse)} note="or would be, where rules only report; a block refuses more" />
    </dl>
    <${Panel} title="Attacks" tools=${tools}>
    <${Scroll} name="Attacks"><table>
      <thead><tr>
        <th>${titles[by]}</th><th class="number">Violations</th><th class="share minor"><span class="unseen">Share</span></th>
        <th class="number">Episodes</th><th class="number">Peak</th><th class="minor">Last</th><th>State</th>
      </tr></thead>
      <tbody ...${handlers}>${groups.slice(0, most).map(
        (group) =>
          html`<${Group} key=${group.name} group=${group} all=${violations} isOpen=${opened === group.name}
            toggle=${() => setOpened(opened === group.name ? null : group.name)} />`,
      )}</tbody>
    </table><//>
    ${groups.length > most && html`<p class="more">${count(groups.length - most)} more are not shown: look for less</p>`}
    ${
      isCut &&
      html`<p class="more">Older lines of the log were not read.
      ${more !== undefined && html` <button type="button" class="small" onClick=${more}>Read ${count(manyLines)}</button>`}</p>`
    }
    <//>`;
}

const titles: Readonly<Record<Grouping, string>> = {
  source: 'Source',
  network: 'Network',
  policy: 'Policy',
  hour: 'Hour',
};

function nameOf({ name }: AttackGroup): string {
  return name;
}

type GroupProps = {
  readonly group: AttackGroup;
  readonly all: number;
  readonly isOpen: boolean;
  readonly toggle: () => void;
};

function Group({ group, all, isOpen, toggle }: GroupProps): VNode {
  const { name, violations, episodes, peak, last, goesOn: isRunning } = group;
  return html`<tr>
      <td><button type="button" class="fold" aria-expanded=${isOpen} onClick=${toggle}><${Outside} text=${name} /></button></td>
      <td class="number">${count(violations)}</td>
      <td class="share minor"><${Share} of=${all} value=${violations} /></td>
      <td class="number">${count(episodes.length)}</td>
      <td class="number">${count(peak)}</td>
      <td class="minor nowrap">${last}</td>
      <td>${isRunning ? html`<${State} level="warn">goes on<//>` : 'over'}</td>
    </tr>
    ${isOpen && html`<tr class="unfolded"><td colspan="7"><${EpisodeTable} episodes=${episodes} /></td></tr>`}`;
}

export default {
  title: 'Attacks',
  path: 'attacks',
  position: 4,
  topics: [],
  requires: { area: 'loggrp', access: 'r' },
  Body: Attacks,
} satisfies View;
