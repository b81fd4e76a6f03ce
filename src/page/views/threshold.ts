import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { AdviceReport, ThresholdReport } from '../../system/reports/advice.ts';
import type { PolicyReport, RuleReport } from '../../system/reports/running.ts';
import { actionOf } from '../actions/action.ts';
import { ActionButton } from '../actions/action-button.ts';
import { monitor } from '../asking/ask.ts';
import { usePolled } from '../asking/polled.ts';
import { usePage } from '../page-context.ts';
import { NoPolicy } from '../parts/no-policy.ts';
import { isolated, Outside } from '../parts/outside.ts';
import { Panel } from '../parts/panel.ts';
import { type Column, Table } from '../parts/table.ts';
import { count, counted } from '../reckoning/format.ts';
import { editLines } from '../reckoning/lines.ts';
import { CaptureChoice, type Captured } from '../threshold/capture-choice.ts';
import { PeakBars } from '../threshold/peak-bars.ts';
import { highestCandidate, type WhatIf, whatIf } from '../threshold/what-if.ts';
import type { View, ViewProps } from '../view.ts';

/** Milliseconds between two looks at the peaks. */
const look = 5000;

/** The same, at what changes with a revision alone. */
const seldom = 30_000;

/** Sources, and policies, that are named at once. */
const mostNamed = 8;

function Threshold({ query }: ViewProps): VNode {
  const { live } = usePage();
  const revision = live.session?.revision ?? null;
  const { value: policies } = usePolled(
    `${revision}`,
    () => monitor<readonly PolicyReport[]>('policy/list'),
    seldom,
  );
  const [chosen, setChosen] = useState(query.get('policy') ?? '');
  if (policies === null) return html`<p class="faint">One moment …</p>`;
  const policy = policies.find((each) => each.policy === chosen) ?? policies[0];
  if (policy === undefined) return html`<${NoPolicy} />`;
  const choose = ({ currentTarget }: Event): void => {
    if (currentTarget instanceof HTMLSelectElement) setChosen(currentTarget.value);
  };
  return html`<form class="filters" onSubmit=${(event: Event) => event.preventDefault()}>
      <label class="field"><span>Policy</span>
        <select value=${policy.policy} onChange=${choose}>
          ${policies.map((each) => html`<option value=${each.policy}>${isolated(each.policy)}</option>`)}
        </select></label>
    </form>
    <${OfPolicy} key=${policy.policy} policy=${policy} policies=${policies} />`;
}

type OfPolicyProps = {
  readonly policy: PolicyReport;
  readonly policies: readonly PolicyReport[];
};

function OfPolicy({ policy, policies }: OfPolicyProps): VNode {
  const { rule } = policy;
  const { value: live } = usePolled(
    `${policy.policy} ${rule?.threshold}`,
    () => monitor<AdviceReport>('policy/advise', policy.policy),
    look,
  );
  const [candidate, setCandidate] = useState<number | null>(null);
  const [captured, setCaptured] = useState<Captured | null>(null);
  // What was chosen has been committed: it is no candidate any more.
  useEffect(() => setCandidate(null), [rule?.threshold]);
  if (live === null) return html`<p class="faint">One moment …</p>`;
  const advice = captured?.advice ?? live;
  const now = rule?.threshold ?? 0;
  const wanted = candidate ?? now;
  const highest = Math.max(highestCandidate(advice), wanted);
  const slide = ({ currentTarget }: Event): void => {
    if (!(currentTarget instanceof HTMLInputElement)) return;
    const value = Math.round(Number(currentTarget.value));
    if (Number.isFinite(value)) setCandidate(Math.min(65_536, Math.max(0, value)));
  };
  return html`<${Panel} title="Connections that sources hold at most">
      ${
        advice.sources === 0
          ? html`<p class="empty">No source has come yet: there is nothing to measure a threshold by.</p>`
          : html`<${PeakBars} peaks=${advice.peaks} threshold=${now} candidate=${wanted} highest=${highest} choose=${setCandidate} />`
      }
      <div class="slide">
        <label class="field wide"><span>Threshold: connections that one source may hold; 0 = no limit</span>
          <input type="range" min="0" max=${highest} step="1" value=${wanted} onInput=${slide} /></label>
        <label class="field"><span class="unseen">Threshold as a number</span>
          <input type="number" min="0" max="65536" value=${wanted} onInput=${slide} /></label>
      </div>
      <${Outcome} wanted=${wanted} found=${whatIf(advice, wanted)} />
      <${Commit} rule=${rule} missingLink=${policy.missingLink} wanted=${wanted} others=${othersWith(policy, policies)} />
      <${CaptureChoice} live=${live} captured=${captured} choose=${setCaptured} />
    <//>
    <${Advice} advice=${advice} choose=${setCandidate} />`;
}

function Outcome({ wanted, found }: { readonly wanted: number; readonly found: WhatIf }): VNode {
  const { refused, sources, named, headroom, isUncertain } = found;
  const some = named.slice(0, mostNamed);
  return html`<p class="outcome" aria-live="polite">
    ${
      wanted === 0
        ? html`<strong>No limit</strong> refuses nobody.`
        : sources === 0
          ? html`<strong>${count(wanted)}</strong>: no source has come yet that it could refuse.`
          : html`<strong>${count(wanted)}</strong> would refuse <strong class=${refused > 0 ? 'bad' : 'good'}>${refused === 0 ? 'none' : count(refused)}</strong>
          ${` of ${counted(sources, 'source')}`}${some.length > 0 ? ': ' : '.'}`
    }
    ${some.map(({ source, peak }, index) => html`${index > 0 && ', '}<${Outside} text=${source} /> (${count(peak)})`)}
    ${refused > some.length && some.length > 0 && ` and ${count(refused - some.length)} more`}
    ${headroom !== null && headroom > 0 && refused === 0 && html` <span class="faint">The highest of them could hold ${count(headroom)} more.</span>`}
    ${isUncertain && html` <span class="faint">Some came up to the threshold in force: how many they would have held is not known.</span>`}
  </p>`;
}

type CommitProps = {
  readonly rule: RuleReport | null;
  readonly missingLink: string;
  readonly wanted: number;
  readonly others: readonly string[];
};

function Commit({ rule, missingLink, wanted, others }: CommitProps): VNode {
  if (rule === null)
    return html`<p class="faint">No rule applies to this policy: <${Outside} text=${missingLink} />.</p>`;
  const shared =
    others.length === 0
      ? undefined
      : html`The rule also guards ${others.slice(0, mostNamed).map((each, index) => html`${index > 0 && ', '}<${Outside} text=${each} />`)}${others.length > mostNamed && ` and ${count(others.length - mostNamed)} more`}.`;
  const action = (): ReturnType<typeof actionOf> =>
    actionOf(
      `Set the threshold to ${wanted}`,
      editLines('waf layer4-connection-flood-check-rule', rule.name, {
        'layer4-connection-threshold': String(wanted),
      }),
      { isChange: true, ...(shared === undefined ? {} : { text: shared }) },
    );
  return html`<p class="commit">
    ${
      wanted === rule.threshold
        ? html`<span class="faint">Rule <${Outside} text=${rule.name} /> has ${rule.threshold === 0 ? 'no limit' : `the threshold ${count(rule.threshold)}`}; it does ${rule.action}.</span>`
        : html`<${ActionButton} needs=${{ area: 'wafgrp', access: 'w' }} action=${action}>Set the threshold to ${count(wanted)} …<//>`
    }
    ${shared !== undefined && html` <span class="faint">${shared}</span>`}
  </p>`;
}

function othersWith({ policy, rule }: PolicyReport, policies: readonly PolicyReport[]): readonly string[] {
  return policies
    .filter((each) => each.policy !== policy && rule !== null && each.rule?.name === rule.name)
    .map((each) => each.policy);
}

type AdviceProps = { readonly advice: AdviceReport; readonly choose: (candidate: number) => void };

const shares: Readonly<Record<string, string>> = {
  p99: '99 % of the sources',
  'p99.9': '99.9 % of the sources',
  maximum: 'all of them',
  advised: 'advised',
};

function Advice({ advice, choose }: AdviceProps): VNode {
  const { choices, isTooFew, sources, leavesOut } = advice;
  const columns: readonly Column<ThresholdReport>[] = [
    { title: 'Lets through', cell: ({ name: share }) => shares[share] ?? share },
    { title: 'Threshold', cell: ({ threshold }) => count(threshold), isNumber: true },
    { title: 'Would refuse', cell: ({ hit }) => counted(hit, 'source'), isNumber: true },
    { title: 'Headroom', cell: ({ headroom }) => count(headroom), isNumber: true, isMinor: true },
    {
      title: '',
      style: 'actions',
      cell: ({
        threshold,
        isFounded,
      }) => html`${!isFounded && !isTooFew && html`<span class="faint">too few sources </span>`}
        <button type="button" class="small" aria-label=${`Look at ${threshold}`} onClick=${() => choose(threshold)}>Look at it</button>`,
    },
  ];
  return html`<${Panel} title="What would fit">
    <${Table} name="Thresholds that would fit" columns=${columns} rows=${choices} id=${({ name: share }: ThresholdReport) => share}
      empty="No source has come yet." />
    ${isTooFew && sources > 0 && html`<p class="aside">${counted(sources, 'source')} only: too few to rest a threshold on.</p>`}
    ${leavesOut > 0 && html`<p class="aside">${counted(leavesOut, 'source')} far above all others: the advice makes no room for what may be an attack.</p>`}
  <//>`;
}

export default {
  title: 'Threshold',
  path: 'threshold',
  position: 5,
  topics: [],
  requires: { area: 'traroutegrp', access: 'r' },
  Body: Threshold,
} satisfies View;
