import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { SourceReport } from '../../system/reports/source.ts';
import { ActionButton } from '../actions/action-button.ts';
import { blockAction, blocking, liftAction, trustAction, trusting } from '../actions/sources.ts';
import { usePage } from '../page-context.ts';
import { Meter, State } from '../parts/figures.ts';
import { namedColumn } from '../parts/named-column.ts';
import { Panel } from '../parts/panel.ts';
import { SourceFilter } from '../parts/source-filter.ts';
import { type Column, Table } from '../parts/table.ts';
import { count, duration } from '../reckoning/format.ts';
import type { View, ViewProps } from '../view.ts';

/** Connections that one source may hold under a policy, and silent ones. */
type Limits = { readonly threshold: number; readonly silentThreshold: number };

const noLimits: Limits = { threshold: 0, silentThreshold: 0 };

function Sources({ query }: ViewProps): VNode {
  const { live } = usePage();
  const [text, setText] = useState('');
  const measured = live.measured?.measured;
  const policies = measured?.policies ?? [];
  const sharesCounts = (measured?.cluster?.counts ?? null) !== null;
  const limits = new Map<string, Limits>(policies.map((policy) => [policy.policy, policy]));
  const found = live.sources?.sources.filter(({ source }) => source.includes(text.trim())) ?? [];
  return html`<${Panel} title="Sources" tools=${html`<${SourceFilter} path="sources" policies=${policies.map(({ policy }) => policy)} policy=${query.get('policy')} text=${text} typed=${setText} />`}>
    ${
      live.sources === null
        ? html`<p class="empty">Waiting for the first numbers …</p>`
        : html`<${Table} name="Sources" columns=${columnsOf((policy) => limits.get(policy) ?? noLimits, sharesCounts)} rows=${found}
            id=${({ policy, source }: SourceReport) => `${source} ${policy}`} order=${{ by: 'Open', direction: 'descending' }}
            empty=${text === '' ? 'No source is known: nobody has connected lately.' : 'None of the sources that hold or were refused most is called so.'} />`
    }
    <p class="more">Those that hold most, were refused most, and are silent on most of their connections.</p>
  <//>`;
}

/** Of a cluster whose nodes hold a source to its threshold together. */
const elsewhereColumn: Column<SourceReport> = {
  title: 'Elsewhere',
  isNumber: true,
  isMinor: true,
  value: ({ elsewhere }) => elsewhere,
  cell: ({ elsewhere }) => count(elsewhere),
};

function columnsOf(
  limitsOf: (policy: string) => Limits,
  sharesCounts: boolean,
): readonly Column<SourceReport>[] {
  return [
    namedColumn('Source', ({ source }) => source, { style: 'name mono' }),
    namedColumn('Policy', ({ policy }) => policy),
    {
      title: 'Open',
      value: ({ open }) => open,
      cell: ({ policy, open }) => html`<${Meter} used=${open} limit=${limitsOf(policy).threshold} />`,
    },
    ...(sharesCounts ? [elsewhereColumn] : []),
    {
      title: 'Silent',
      isMinor: true,
      value: ({ silent }) => silent,
      cell: ({ policy, silent }) => {
        const { silentThreshold } = limitsOf(policy);
        return silentThreshold === 0
          ? html`<span class="faint">${silent === 0 ? '–' : count(silent)}</span>`
          : html`<${Meter} used=${silent} limit=${silentThreshold} />`;
      },
    },
    {
      title: 'Peak',
      isNumber: true,
      isMinor: true,
      value: ({ peak }) => peak,
      cell: ({ peak }) => count(peak),
    },
    {
      title: 'Refused',
      isNumber: true,
      value: ({ refused }) => refused,
      cell: ({ refused }) => html`<span class=${refused > 0 ? 'bad' : ''}>${count(refused)}</span>`,
    },
    {
      title: 'Blocked',
      value: ({ blocked }) => blocked,
      cell: ({ blocked }) =>
        blocked > 0
          ? html`<${State} level="bad">${duration(blocked)}<//>`
          : html`<span class="faint">no</span>`,
    },
    {
      title: '',
      style: 'actions',
      cell: ({ source, policy, blocked }) => html`
        <${ActionButton} needs=${trusting} label=${`Trust ${source}`} action=${() => trustAction(source, policy)}>Trust<//>
        ${
          blocked > 0
            ? html`<${ActionButton} needs=${blocking} label=${`Lift the block of ${source}`} action=${() => liftAction(source, [policy])}>Lift<//>`
            : html`<${ActionButton} needs=${blocking} label=${`Block ${source}`} action=${() => blockAction(source, [policy])}>Block<//>`
        }`,
    },
  ];
}

export default {
  title: 'Sources',
  path: 'sources',
  position: 2,
  topics: ['sources'],
  requires: { area: 'traroutegrp', access: 'r' },
  Body: Sources,
} satisfies View;
