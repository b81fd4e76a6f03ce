import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { PolicyReport } from '../../system/reports/running.ts';
import { monitor, rows } from '../asking/ask.ts';
import { usePolled } from '../asking/polled.ts';
import { type PageContext, usePage } from '../page-context.ts';
import { NoPolicy } from '../parts/no-policy.ts';
import { type Chain, chains, type Row, type Tables } from '../policies/chain.ts';
import { ChainCard } from '../policies/chain-card.ts';
import { count } from '../reckoning/format.ts';
import type { View, ViewProps } from '../view.ts';

/** Milliseconds between two looks at what changes with a revision alone. */
const seldom = 30_000;

/** Policies that are shown at once, and that one finds without looking for. */
const most = 50;
const few = 5;

function Policies({ query }: ViewProps): VNode {
  const { live, may } = usePage();
  const [text, setText] = useState(query.get('policy') ?? '');
  const revision = live.session?.revision ?? null;
  const { value: found, again } = usePolled(`${revision}`, () => read(may), seldom);
  if (found === null) return html`<p class="faint">One moment …</p>`;
  const all = chains(found.tables, found.reports);
  if (all.length === 0) return html`<${NoPolicy} />`;
  const type = ({ currentTarget }: Event): void => {
    if (currentTarget instanceof HTMLInputElement) setText(currentTarget.value);
  };
  const known = all.filter((chain) => chain.name.includes(text)).map((chain) => asItRuns(chain, live));
  return html`${
    (all.length > few || text !== '') &&
    html`<form class="filters" onSubmit=${(event: Event) => event.preventDefault()}>
      <input type="search" placeholder="Find a policy" aria-label="Find a policy" value=${text} onInput=${type} spellcheck=${false} />
    </form>`
  }
    ${known.length === 0 && html`<p class="empty">No policy is called so.</p>`}
    ${known.slice(0, most).map((chain) => html`<${ChainCard} key=${chain.name} chain=${chain} done=${again} />`)}
    ${known.length > most && html`<p class="faint">${count(known.length - most)} more are not shown: look for one by its name.</p>`}`;
}

type Found = { readonly tables: Tables; readonly reports: readonly PolicyReport[] };

async function read(may: PageContext['may']): Promise<Found> {
  const readable = (area: string, path: string): Promise<readonly Row[] | null> =>
    may({ area, access: 'r' }) ? rows<Row>(path, { full: '' }) : Promise.resolve(null);
  const [reports, policies, pools, profiles, preventions, rules] = await Promise.all([
    monitor<readonly PolicyReport[]>('policy/list'),
    readable('traroutegrp', 'server-policy/policy'),
    readable('traroutegrp', 'server-policy/server-pool'),
    readable('wafgrp', 'waf/web-protection-profile/inline-protection'),
    readable('wafgrp', 'waf/application-layer-dos-prevention'),
    readable('wafgrp', 'waf/layer4-connection-flood-check-rule'),
  ]);
  return { tables: { policies, pools, profiles, preventions, rules }, reports };
}

/** The chain with the state of its listeners and members as it was told last. */
function asItRuns(chain: Chain, { measured }: PageContext['live']): Chain {
  const { running } = chain;
  const now = measured?.measured.policies.find(({ policy }) => policy === chain.name);
  if (running === undefined || now === undefined) return chain;
  const { connections, listeners, members } = now;
  const states = new Map(members.map((member) => [member.member, member]));
  return {
    ...chain,
    running: { ...running, connections, listeners, members },
    members: chain.members.map((each) => ({
      ...each,
      running: each.isLeftOut ? undefined : (states.get(each.member) ?? each.running),
    })),
  };
}

export default {
  title: 'Policies',
  path: 'policies',
  position: 6,
  topics: [],
  requires: { area: 'traroutegrp', access: 'r' },
  Body: Policies,
} satisfies View;
