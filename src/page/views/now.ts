import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Measurements, PolicyMeasurements } from '../../system/reports/measurements.ts';
import { linkTo } from '../frame/route.ts';
import { usePage } from '../page-context.ts';
import { Figure, Meter, State } from '../parts/figures.ts';
import { Outside } from '../parts/outside.ts';
import { Panel } from '../parts/panel.ts';
import { Plot } from '../parts/plot.ts';
import { type Column, Table } from '../parts/table.ts';
import { count, rate, shortCount } from '../reckoning/format.ts';
import { headroomOf } from '../reckoning/headroom.ts';
import { commitsIn, latestRates, plotColumns, refusedOf, type Sample } from '../reckoning/samples.ts';
import type { View, ViewProps } from '../view.ts';

const series = [
  { label: 'let in', colour: '--admitted', isFilled: true },
  { label: 'refused', colour: '--refused', isFilled: true },
];

function Now({ query }: ViewProps): VNode {
  const { live } = usePage();
  const { measured: told, samples } = live;
  if (told === null) return html`<p class="empty">Waiting for the first numbers …</p>`;
  const { measured } = told;
  const chosen = measured.policies.find(({ policy }) => policy === query.get('policy')) ?? null;
  return html`
    <${Summary} measured=${measured} samples=${samples} />
    <${Panel}
      title=${chosen === null ? 'Connections a second' : html`Connections a second: <${Outside} text=${chosen.policy} />`}
      tools=${html`${chosen !== null && html`<${Elsewhere} policy=${chosen.policy} />`}
        <span class="legend"><span class="admitted">let in</span><span class="refused">refused</span><span class="marked">a commit</span></span>`}
    ><div class="body"><${Rates} key=${chosen?.id} samples=${samples} policy=${chosen?.id ?? null} /></div><//>
    <${Panel} title="Policies" tools=${html`<span class="faint">Choose one to see it alone above.</span>`}>
      <${Table} name="Policies" columns=${columnsOf(samples, chosen?.policy ?? null)} rows=${measured.policies} id=${({ id }: PolicyMeasurements) => String(id)}
        empty="No policy is enabled." chosen=${chosen === null ? null : String(chosen.id)} />
    <//>`;
}

/** Where else there is something of a policy. */
function Elsewhere({ policy }: { readonly policy: string }): VNode {
  return html`<a href=${linkTo('policies', { policy })}>chain</a>
    <a href=${linkTo('sources', { policy })}>sources</a>
    <a href=${linkTo('now')}>all policies</a>`;
}

function Summary({
  measured,
  samples,
}: {
  readonly measured: Measurements;
  readonly samples: readonly Sample[];
}): VNode {
  const { enforcer, policies } = measured;
  const rates = latestRates(samples, null);
  const blocks = policies.reduce((sum, policy) => sum + policy.blocks, 0);
  const wouldRefuse = policies.reduce((sum, policy) => sum + policy.wouldRefuse, 0);
  return html`<dl class="figures">
    <${Figure} label="Open connections" value=${shortCount(enforcer.connections)} />
    <${Figure} label="Let in a second" value=${rate(rates?.admitted)} note=${`${count(enforcer.admitted)} since the start`} />
    <${Figure} label="Refused a second" value=${rate(rates?.refused)} level=${(rates?.refused ?? 0) > 0 ? 'bad' : ''} note=${`${count(enforcer.refused)} since the start`} />
    <${Figure} label="Would be refused" value=${shortCount(wouldRefuse)} note="let in by alert or monitor-mode" />
    <${Figure} label="Blocked sources" value=${html`<a href=${linkTo('blocked')}>${shortCount(blocks)}</a>`} />
    <${Figure} label="Sources known" value=${html`<a href=${linkTo('sources')}>${shortCount(enforcer.sources.used)}</a>`} note=${`room for ${count(enforcer.sources.capacity)}`} />
  </dl>`;
}

function Rates({
  samples,
  policy,
}: {
  readonly samples: readonly Sample[];
  readonly policy: number | null;
}): VNode {
  const { times, columns } = useMemo(() => plotColumns(samples, policy), [samples, policy]);
  const marks = commitsIn(samples).map(({ revision, at }) => ({ at, label: `r${revision}` }));
  const [, admitted = [], refused = []] = columns;
  const rates = latestRates(samples, policy);
  return html`<${Plot} label=${`Now ${rate(rates?.admitted)} let in and ${rate(rates?.refused)} refused a second`}
    times=${times} series=${series} columns=${[admitted, refused]} marks=${marks} />`;
}

function columnsOf(samples: readonly Sample[], chosen: string | null): readonly Column<PolicyMeasurements>[] {
  const rates = new Map<number, ReturnType<typeof latestRates>>();
  const ratesOf = ({ id }: PolicyMeasurements): ReturnType<typeof latestRates> => {
    if (!rates.has(id)) rates.set(id, latestRates(samples, id));
    return rates.get(id) ?? null;
  };
  return [
    {
      title: 'Policy',
      style: 'name',
      value: ({ policy }) => policy,
      cell: ({ policy }) =>
        html`<a href=${policy === chosen ? linkTo('now') : linkTo('now', { policy })} aria-current=${policy === chosen ? 'true' : undefined}><${Outside} text=${policy} /></a>`,
    },
    { title: 'State', cell: (policy) => html`<${PolicyState} policy=${policy} />` },
    {
      title: 'Open',
      isNumber: true,
      value: ({ connections }) => connections,
      cell: ({ connections }) => count(connections),
    },
    {
      title: 'Let in/s',
      isNumber: true,
      value: (policy) => ratesOf(policy)?.admitted ?? -1,
      cell: (policy) => rate(ratesOf(policy)?.admitted),
    },
    {
      title: 'Refused/s',
      isNumber: true,
      value: (policy) => ratesOf(policy)?.refused ?? -1,
      cell: (policy) => {
        const refused = ratesOf(policy)?.refused;
        return html`<span class=${(refused ?? 0) > 0 ? 'bad' : ''}>${rate(refused)}</span>`;
      },
    },
    {
      title: 'Refused',
      isNumber: true,
      isMinor: true,
      value: refusedOf,
      cell: (policy) => count(refusedOf(policy)),
    },
    {
      title: 'Would refuse',
      isNumber: true,
      isMinor: true,
      value: ({ wouldRefuse }) => wouldRefuse,
      cell: ({ wouldRefuse }) => count(wouldRefuse),
    },
    {
      title: 'Most of one source',
      value: ({ mostOfSource, threshold }) => headroomOf(mostOfSource, threshold).used ?? -1,
      cell: ({ mostOfSource, threshold }) => html`<${Meter} used=${mostOfSource} limit=${threshold} />`,
    },
    {
      title: 'Blocked',
      isNumber: true,
      value: ({ blocks }) => blocks,
      cell: ({ policy, blocks }) =>
        blocks === 0 ? '0' : html`<a href=${linkTo('blocked', { policy })}>${count(blocks)}</a>`,
    },
    {
      title: 'Sources',
      isNumber: true,
      isMinor: true,
      value: ({ sources }) => sources,
      cell: ({ policy, sources }) => html`<a href=${linkTo('sources', { policy })}>${count(sources)}</a>`,
    },
  ];
}

function PolicyState({ policy: { listeners, members } }: { readonly policy: PolicyMeasurements }): VNode {
  const deaf = listeners.filter(({ state }) => state !== 'listening').length;
  const up = members.filter(({ state }) => state === 'up' || state === 'unknown').length;
  if (deaf > 0) return html`<${State} level="bad">${deaf} of ${listeners.length} listeners down<//>`;
  if (members.length === 0) return html`<${State} level="bad">no member<//>`;
  if (up === 0) return html`<${State} level="bad">no member up<//>`;
  if (up < members.length) return html`<${State} level="warn">${up} of ${members.length} members up<//>`;
  return html`<${State} level="good">serving<//>`;
}

export default {
  title: 'Now',
  path: 'now',
  position: 1,
  topics: [],
  requires: { area: 'traroutegrp', access: 'r' },
  Body: Now,
} satisfies View;
