import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import type { ClusterPeer, ConfigurationReport } from '../../system/reports/cluster.ts';
import type { DoorReport } from '../../system/reports/doors.ts';
import type { Measurements } from '../../system/reports/measurements.ts';
import { actionOf } from '../actions/action.ts';
import { ActionButton } from '../actions/action-button.ts';
import { monitor, rows } from '../asking/ask.ts';
import { usePolled } from '../asking/polled.ts';
import { usePage } from '../page-context.ts';
import { Bar, Figure, Meter, State } from '../parts/figures.ts';
import { namedColumn } from '../parts/named-column.ts';
import { isolated, Outside } from '../parts/outside.ts';
import { Panel } from '../parts/panel.ts';
import { type Column, Table } from '../parts/table.ts';
import { bytes, count, counted, duration, shortCount } from '../reckoning/format.ts';
import { type Bucket, bucketsOf, meanOf } from '../reckoning/verdict-times.ts';
import type { View } from '../view.ts';

const often = 5000;
const seldom = 30_000;

function SystemView(): VNode {
  const { live, may } = usePage();
  const told = live.measured;
  if (told === null) return html`<p class="empty">Waiting for the first numbers …</p>`;
  const { measured, wall } = told;
  return html`
    <${Summary} measured=${measured} wall=${wall} />
    <div class="masonry">
      <${Resources} measured=${measured} />
      <${Kernel} measured=${measured} />
      <${Cluster} measured=${measured} />
      <${Workers} measured=${measured} />
      ${may({ area: 'mntgrp', access: 'r' }) && html`<${Health} />`}
      ${may({ area: 'sysgrp', access: 'r' }) && html`<${Machine} /><${Doors} />`}
      ${may({ area: 'wafgrp', access: 'r' }) && html`<${Scripts} />`}
    </div>
    ${may({ area: 'admingrp', access: 'r' }) && html`<${Users} />`}`;
}

type OfMeasured = { readonly measured: Measurements };

function Summary({ measured, wall }: OfMeasured & { readonly wall: number }): VNode {
  const { version, enforcer, health, workerRestarts, logDropped } = measured;
  const { listening, failed } = enforcer.listeners;
  return html`<dl class="figures">
    <${Figure} label="Levee" value=${version} note=${`process ${enforcer.process}, ${enforcer.engine}`} />
    <${Figure} label="Running for" value=${duration((wall - Date.parse(enforcer.runningSince)) / 1000)}
      note=${enforcer.stopping ? html`<span class="warn">about to end</span>` : enforcer.successor === 0 ? undefined : html`<span class="warn">process ${enforcer.successor} takes over</span>`} />
    <${Figure} label="Revision" value=${health.revision ?? '–'} level=${health.revision === health.storedRevision ? '' : 'warn'}
      note=${health.revision === health.storedRevision ? 'runs' : `${health.storedRevision} is committed, and does not run yet`} />
    <${Figure} label="Listeners" value=${listening} level=${failed > 0 ? 'bad' : ''} note=${failed > 0 ? `${count(failed)} can't be opened` : 'all are bound'} />
    <${Figure} label="Memory" value=${bytes(enforcer.memory)} />
    <${Figure} label="Worker restarts" value=${workerRestarts} level=${workerRestarts > 0 ? 'warn' : ''} />
    <${Figure} label="Log records lost" value=${shortCount(logDropped)} level=${logDropped > 0 ? 'warn' : ''} note="that no destination took" />
  </dl>`;
}

function Facts({ facts }: { readonly facts: readonly (readonly [string, ComponentChildren])[] }): VNode {
  return html`<dl class="facts">${facts.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`;
}

function Resources({ measured: { enforcer } }: OfMeasured): VNode {
  const { sources, descriptors, waiting } = enforcer;
  const refusals = (refused: number, what: string): ComponentChildren =>
    refused === 0 ? '0' : html`<span class="bad">${count(refused)} ${what}</span>`;
  return html`<${Panel} title="Resources"><div class="body"><${Facts} facts=${[
    ['Sources table', html`<${Meter} used=${sources.used} limit=${sources.capacity} />`],
    ['without a place', refusals(sources.admittedUncounted + sources.refused, 'connections')],
    ['Descriptors', html`<${Meter} used=${descriptors.used} limit=${descriptors.limit} />`],
    ['without one', refusals(descriptors.refused, 'refused')],
    [
      'Waiting data',
      html`<${Meter} used=${waiting.used} limit=${waiting.limit} text=${`${bytes(waiting.used)} of ${bytes(waiting.limit)}`} />`,
    ],
    ['reset for that', refusals(waiting.refused, 'connections')],
    ['PROXY headers failed', count(enforcer.headersFailed)],
    ['Loops ended', count(enforcer.looped)],
    ...(enforcer.formerConnections > 0
      ? [['Of the process before', `${count(enforcer.formerConnections)} connections`] as const]
      : []),
  ]} /></div><//>`;
}

/** Milliseconds without a sign of life after which something is wrong. */
const oldest = 1000;

function Beat({ silent }: { readonly silent: number | null }): VNode {
  if (silent === null) return html`<${State} level="bad">has ended, and is replaced<//>`;
  if (silent > oldest) return html`<${State} level="bad">silent for ${duration(silent / 1000)}<//>`;
  return html`<${State} level="good">alive<//>`;
}

function Workers({ measured: { health, verdicts, enforcer } }: OfMeasured): VNode {
  const { main, workers } = health.beats;
  const mean = meanOf(verdicts);
  const facts: (readonly [string, VNode])[] = [
    ['Main thread', html`<${Beat} silent=${main} />`],
    ...workers.map((silent, index) => [`Worker ${index + 1}`, html`<${Beat} silent=${silent} />`] as const),
  ];
  return html`<${Panel} title=${counted(enforcer.workers, 'worker')}>
    <div class="body"><${Facts} facts=${facts} /></div>
    <div class="body"><h3>A verdict takes ${mean === null ? '–' : `${mean.toFixed(1)} µs`}<span class="faint"> on average, accounting included</span></h3>
      <${Histogram} buckets=${bucketsOf(verdicts)} /></div>
  <//>`;
}

function Histogram({ buckets }: { readonly buckets: readonly Bucket[] }): VNode {
  return html`<dl class="histogram">${buckets.map(
    ({ label, share, verdicts }) =>
      html`<dt>${label}</dt><dd><${Bar} share=${share} label=${`${count(verdicts)} verdicts`} /> <span>${shortCount(verdicts)}</span></dd>`,
  )}</dl>`;
}

const kernelLevels = { off: 'faint', blocking: 'good', failing: 'bad' };
const kernelStates = {
  off: 'not asked to refuse',
  blocking: 'refuses blocked sources',
  failing: 'fails: Levee refuses by itself',
};

function Kernel({ measured: { enforcer } }: OfMeasured): VNode {
  const { kernel } = enforcer;
  return html`<${Panel} title="Kernel"><div class="body"><${Facts} facts=${[
    ['State', html`<${State} level=${kernelLevels[kernel.state]}>${kernelStates[kernel.state]}<//>`],
    ...(kernel.reason === '' ? [] : [['Why', html`<${Outside} text=${kernel.reason} />`] as const]),
    ...(kernel.state === 'off'
      ? []
      : ([
          ['Table', html`<span class="mono">inet ${kernel.table}</span>`],
          ['Sources refused', count(kernel.blocks)],
          ['Packets refused', count(kernel.refused)],
          ['Put right', `${counted(kernel.restored, 'change')} of others`],
        ] as const)),
  ]} /></div><//>`;
}

const peerColumns: readonly Column<ClusterPeer>[] = [
  namedColumn('Node', ({ node }) => node),
  {
    title: 'Heard',
    isNumber: true,
    value: ({ silent }) => silent,
    cell: ({ silent }) => `${(silent / 1000).toFixed(1)} s ago`,
  },
  {
    title: 'Clock ahead',
    isNumber: true,
    isMinor: true,
    value: ({ clockAhead }) => clockAhead,
    cell: ({ clockAhead }) => `${count(clockAhead)} ms`,
  },
  {
    title: 'Version',
    value: ({ version }) => version,
    cell: ({ version }) => html`<${Outside} text=${version} />`,
  },
  {
    title: 'Configuration',
    value: ({ configuration }) => configuration,
    cell: ({ configuration, fault }) =>
      fault === ''
        ? revisionText(configuration)
        : html`<${State} level="bad">${revisionText(configuration)}: <${Outside} text=${fault} /><//>`,
  },
];

function revisionText(shared: number): string {
  return shared === 0 ? 'its own' : `shared revision ${shared}`;
}

/** The configuration that nodes have in common, where they do. */
function configurationFacts(
  report: ConfigurationReport | null,
): readonly (readonly [string, ComponentChildren])[] {
  if (report === null) return [];
  const { state, reason, number, newest, node, author } = report;
  const whose = number === 0 ? '' : html` of <${Outside} text=${author} /> on <${Outside} text=${node} />`;
  const behind = newest > number ? `, the newest is ${newest}` : '';
  const level = state === 'same' ? 'good' : 'bad';
  return [
    ['Configuration', html`<${State} level=${level}>${revisionText(number)}${whose}${behind}<//>`],
    ...(reason === '' ? [] : [['Why not the newest', html`<${Outside} text=${reason} />`] as const]),
  ];
}

function Cluster({ measured: { cluster } }: OfMeasured): VNode | null {
  if (cluster === null)
    return html`<${Panel} title="Cluster"><div class="body faint">This node is by itself.</div><//>`;
  const { node, state, server, reason, blocks, configuration, peers, unreadable } = cluster;
  return html`<${Panel} title="Cluster"><div class="body"><${Facts} facts=${[
    ['This node', html`<${Outside} text=${node} />`],
    ['State', html`<${State} level=${state === 'connected' ? 'good' : 'bad'}>${state}<//>`],
    ...(reason === '' ? [] : [['Why', html`<${Outside} text=${reason} />`] as const]),
    ['Store', html`<${Outside} text=${server || '–'} />`],
    ['Blocks of all', count(blocks)],
    ['Messages unread', count(unreadable)],
    ...configurationFacts(configuration),
  ]} /></div>
    <${Table} name="Other nodes" columns=${peerColumns} rows=${peers} id=${({ node }: ClusterPeer) => node} empty="No other node is there." />
  <//>`;
}

type Checks = {
  readonly ready: boolean;
  readonly checks: readonly { readonly name: string; readonly holds: boolean; readonly detail: string }[];
};

function Health(): VNode {
  const { value } = usePolled('health', () => monitor<Checks>('system/health'), often);
  const facts = value?.checks.map(
    ({ name, holds, detail }) =>
      [name, html`<${State} level=${holds ? 'good' : 'bad'}><${Outside} text=${detail} /><//>`] as const,
  );
  const ready =
    value === null
      ? undefined
      : html`<${State} level=${value.ready ? 'good' : 'bad'}>${value.ready ? 'ready' : 'not ready'}<//>`;
  return html`<${Panel} title="Health" tools=${ready}>
    <div class="body"><${Facts} facts=${facts ?? []} /></div><//>`;
}

type Performance = {
  readonly processors: number;
  readonly load: readonly number[];
  readonly memory: { readonly total: number; readonly used: number };
  readonly up: number;
};

function Machine(): VNode {
  const { value } = usePolled('machine', () => monitor<Performance>('system/performance'), often);
  return html`<${Panel} title="Machine"><div class="body">${
    value !== null &&
    html`<${Facts} facts=${[
      [
        'Processors',
        html`<${Meter} used=${value.processors} limit=${100} text=${`${value.processors} %`} />`,
      ],
      ['Load', value.load.map((each) => each.toFixed(2)).join('  ')],
      [
        'Memory',
        html`<${Meter} used=${value.memory.used} limit=${value.memory.total} text=${`${bytes(value.memory.used)} of ${bytes(value.memory.total)}`} />`,
      ],
      ['Up for', duration(value.up)],
    ]} />`
  }</div><//>`;
}

const doorColumns: readonly Column<DoorReport>[] = [
  namedColumn('Door', ({ name }) => name),
  { title: 'Type', value: ({ type }) => type },
  { title: 'Address', value: ({ address, port }) => `${address} ${port}`, style: 'mono' },
  {
    title: 'State',
    value: ({ state }) => state,
    cell: ({ state, reason }) =>
      state === 'open'
        ? html`<${State} level="good">open<//>`
        : html`<${State} level="bad"><${Outside} text=${reason} /><//>`,
  },
  { title: 'Connections', isNumber: true, isMinor: true, value: ({ guests }) => guests },
];

function Doors(): VNode {
  const { value } = usePolled('doors', () => monitor<readonly DoorReport[]>('system/access-door'), seldom);
  return html`<${Panel} title="Doors"><${Table} name="Doors" columns=${doorColumns} rows=${value ?? []} id=${({ name }: DoorReport) => name} empty="No door is open." /><//>`;
}

type Scripted = {
  readonly name: string;
  readonly scripting: string;
  readonly 'scripting-list': readonly string[];
  readonly 'scripting-on-failure': string;
};

const scriptColumns: readonly Column<Scripted>[] = [
  namedColumn('Policy', ({ name }) => name),
  {
    title: 'Scripts',
    style: 'name',
    cell: ({ 'scripting-list': scripts }) => html`<${Outside} text=${scripts.join(', ')} />`,
  },
  { title: 'On failure', value: ({ 'scripting-on-failure': then }) => then },
];

function Scripts(): VNode {
  const ask = (): Promise<readonly Scripted[]> => rows<Scripted>('server-policy/policy', { full: '' });
  const { value } = usePolled('scripts', ask, seldom);
  const scripted = value?.filter(({ scripting }) => scripting === 'enable') ?? [];
  return html`<${Panel} title="Scripts"><${Table} name="Policies with scripts" columns=${scriptColumns} rows=${scripted} id=${({ name }: Scripted) => name} empty="No policy runs a script." /><//>`;
}

type User = {
  readonly session: number;
  readonly user: string;
  readonly from: string;
  readonly since: string;
  readonly own: boolean;
};

function Users(): VNode {
  const { value: users, again } = usePolled(
    'users',
    () => monitor<readonly User[]>('system/logged-users'),
    often,
  );
  const columns: readonly Column<User>[] = [
    {
      title: 'Administrator',
      style: 'name',
      value: ({ user }) => user,
      cell: ({ user, own }) =>
        html`<${Outside} text=${user} />${own && html`<span class="faint"> (here)</span>`}`,
    },
    namedColumn('From', ({ from }) => from),
    {
      title: 'Since',
      value: ({ since }) => since,
      cell: ({ since }) => new Date(since).toLocaleString('sv'),
    },
    {
      title: '',
      style: 'actions',
      cell: ({
        session: number,
        user,
      }) => html`<${ActionButton} needs=${{ area: 'admingrp', access: 'w' }} done=${again} label=${`Disconnect ${user}`}
          action=${() =>
            actionOf(`Disconnect ${isolated(user)}`, [`execute disconnect-admin-session ${number}`], {
              isDangerous: true,
            })}>Disconnect<//>`,
    },
  ];
  return html`<${Panel} title="Administrators"><${Table} name="Administrators who have a session" columns=${columns} rows=${users ?? []} id=${({ session: number }: User) => String(number)} empty="Nobody has a session." /><//>`;
}

export default {
  title: 'System',
  path: 'system',
  position: 8,
  topics: [],
  requires: { area: 'traroutegrp', access: 'r' },
  Body: SystemView,
} satisfies View;
