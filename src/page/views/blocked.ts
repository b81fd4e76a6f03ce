import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { PolicyReport } from '../../system/reports/running.ts';
import { ActionButton } from '../actions/action-button.ts';
import { blockAction, blocking, liftAction } from '../actions/sources.ts';
import { monitor } from '../asking/ask.ts';
import { usePolled } from '../asking/polled.ts';
import { usePage } from '../page-context.ts';
import { namedColumn } from '../parts/named-column.ts';
import { isolated, Outside } from '../parts/outside.ts';
import { Panel } from '../parts/panel.ts';
import { SourceFilter } from '../parts/source-filter.ts';
import { type Column, Table } from '../parts/table.ts';
import { type Blocked, blockedSources, isOfBlock, whyBlocked } from '../reckoning/blocks.ts';
import { clock, count, counted, duration } from '../reckoning/format.ts';
import type { View, ViewProps } from '../view.ts';

/** Milliseconds between two looks at what changes seldom. */
const seldom = 30_000;

/** Attacks of which something is told. */
const mostPast = '300';

type Episode = {
  readonly id: string;
  readonly policy: string;
  readonly source: string;
  readonly rule: string;
  readonly attack: string;
  readonly action: string;
  readonly first: string;
  readonly last: string;
  readonly phase: string;
  readonly threshold: number;
  readonly peak: number;
  readonly violations: number;
};

function BlockedView({ query }: ViewProps): VNode {
  const { live, may } = usePage();
  const [text, setText] = useState('');
  const policies = live.measured?.measured.policies ?? [];
  const names = policies.map(({ policy }) => policy);
  const { value: known } = usePolled(
    'policies',
    () => monitor<readonly PolicyReport[]>('policy/list'),
    seldom,
  );
  const byName = new Map(known?.map((policy) => [policy.policy, policy]));
  const all = blockedSources(live.blocked?.sources ?? []);
  const found = all.filter(({ source }) => source.includes(text.trim()));
  const total = policies.reduce((sum, { blocks }) => sum + blocks, 0);
  const tools = html`<${SourceFilter} path="blocked" policies=${names} policy=${query.get('policy')} text=${text} typed=${setText} />`;
  return html`
    <${Panel} title=${html`Blocked now <span class="faint">${counted(total, 'block')}</span>`} tools=${tools}>
      ${
        live.blocked === null
          ? html`<p class="empty">Waiting for the first numbers …</p>`
          : html`<${Table} name="Blocked sources" columns=${columnsOf(byName, live.blocked.wall)} rows=${found} id=${({ source }: Blocked) => source}
            empty=${text === '' ? 'Nobody is blocked.' : 'None of the blocks that last longest is of such a source.'} />`
      }
    <//>
    ${may(blocking) && names.length > 0 && html`<${BlockForm} policies=${names} chosen=${query.get('policy')} />`}
    ${may({ area: 'loggrp', access: 'r' }) && html`<${Past} policy=${query.get('policy')} />`}`;
}

function columnsOf(policies: ReadonlyMap<string, PolicyReport>, wall: number): readonly Column<Blocked>[] {
  const rulesOf = ({ under }: Blocked): VNode[] =>
    under.map(({ policy }) => {
      const rule = policies.get(policy)?.rule;
      return rule ? html`<div><${Outside} text=${rule.name} /></div>` : html`<div class="faint">–</div>`;
    });
  return [
    namedColumn('Source', ({ source }) => source, { style: 'name mono' }),
    {
      title: 'Policy',
      style: 'name',
      value: ({ under }) => under[0]?.policy ?? '',
      cell: ({ under }) =>
        under.map(({ policy }) => {
          const isMonitored = policies.get(policy)?.monitorMode === 'enable';
          return html`<div><${Outside} text=${policy} />${isMonitored && html` <span class="warn">not enforced: monitor-mode</span>`}</div>`;
        }),
    },
    { title: 'Rule', style: 'name', isMinor: true, cell: rulesOf },
    {
      title: 'Held most',
      isNumber: true,
      value: ({ peak }) => peak,
      cell: ({ under }) =>
        under.map(({ policy, peak }) => {
          const threshold = policies.get(policy)?.rule?.threshold ?? 0;
          return html`<div>${count(peak)}${threshold > 0 && html` <span class="faint">of ${count(threshold)}</span>`}</div>`;
        }),
    },
    {
      title: 'Ends in',
      isNumber: true,
      value: ({ left }) => left,
      cell: ({ under }) => under.map(({ blocked }) => html`<div>${duration(blocked)}</div>`),
    },
    {
      title: 'Ends at',
      isMinor: true,
      isNumber: true,
      value: ({ left }) => left,
      cell: ({ under }) => under.map(({ blocked }) => html`<div>${clock(wall + blocked * 1000, wall)}</div>`),
    },
    {
      title: 'Refused',
      isNumber: true,
      value: ({ refused }) => refused,
      cell: ({ refused }) => count(refused),
    },
    {
      title: '',
      style: 'actions',
      cell: ({
        source,
        under,
      }) => html`<${ActionButton} needs=${blocking} label=${`Lift the block of ${source}`}
          action=${() =>
            liftAction(
              source,
              under.map(({ policy }) => policy),
            )}>${under.length > 1 ? 'Lift everywhere' : 'Lift'}<//>`,
    },
  ];
}

/** Blocks an address that nobody has seen yet. */
function BlockForm({
  policies,
  chosen,
}: {
  readonly policies: readonly string[];
  readonly chosen: string | null;
}): VNode {
  const { act } = usePage();
  const form = useRef<HTMLFormElement>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (form.current === null) return;
    const given = new FormData(form.current);
    const policy = String(given.get('policy') ?? '');
    const under = policy === '' ? policies : [policy];
    const answer = await act(blockAction(String(given.get('source') ?? '').trim(), under));
    if (answer !== null) form.current?.reset();
  };
  return html`<${Panel} title="Block an address"><form ref=${form} class="body row" onSubmit=${submit}>
    <input name="source" required placeholder="Address" aria-label="Address to block" spellcheck=${false} class="mono" />
    <select name="policy" aria-label="Under which policy" key=${chosen}>
      <option value="">all policies</option>
      ${policies.map((each) => html`<option value=${each} selected=${each === chosen}>${isolated(each)}</option>`)}
    </select>
    <button type="submit">Block …</button>
  </form><//>`;
}

const pastColumns: readonly Column<Episode>[] = [
  { title: 'From', value: ({ first }) => first, style: 'nowrap' },
  {
    title: 'To',
    value: ({ last, phase }) => (phase === 'end' ? last : `${last} …`),
    style: 'nowrap',
    isMinor: true,
  },
  namedColumn('Source', ({ source }) => source, { style: 'name mono' }),
  namedColumn('Policy', ({ policy }) => policy),
  namedColumn('Why', whyBlocked, { isMinor: true }),
  { title: 'Threshold', isNumber: true, isMinor: true, value: ({ threshold }) => threshold },
  { title: 'Held most', isNumber: true, value: ({ peak }) => peak },
  {
    title: 'Violations',
    isNumber: true,
    value: ({ violations }) => violations,
    cell: ({ violations }) => count(violations),
  },
];

/** Blocks that have refused somebody, by what the attack log says of them. */
function Past({ policy }: { readonly policy: string | null }): VNode {
  const asked = ['lines', mostPast, ...(policy === null ? [] : ['policy', policy])];
  const { value } = usePolled(
    `past ${policy}`,
    () => monitor<{ readonly episodes: readonly Episode[] }>('log/episodes', ...asked),
    seldom,
  );
  const blocks = value?.episodes.filter(isOfBlock).reverse() ?? [];
  return html`<${Panel} title="History" tools=${html`<span class="faint">By the attack log</span>`}>
    <p class="aside">Of a block by hand, by a script or of another node it tells what that has refused. Who has given or lifted one by hand stands in the event log.</p>
    ${value === null ? html`<p class="empty">Reading the attack log …</p>` : html`<${Table} name="Blocks of before" columns=${pastColumns} rows=${blocks} id=${({ id }: Episode) => id} most=${50} empty="The attack log tells of none." />`}
  <//>`;
}

export default {
  title: 'Blocked',
  path: 'blocked',
  position: 3,
  topics: ['blocked'],
  requires: { area: 'traroutegrp', access: 'r' },
  Body: BlockedView,
} satisfies View;
