import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { endpointText } from '../../net/endpoint.ts';
import type { ListenerReport } from '../../system/reports/running.ts';
import { type Action, actionOf } from '../actions/action.ts';
import { ActionButton } from '../actions/action-button.ts';
import { linkTo } from '../frame/route.ts';
import { State } from '../parts/figures.ts';
import { isolated, Outside } from '../parts/outside.ts';
import { Panel } from '../parts/panel.ts';
import { count, counted } from '../reckoning/format.ts';
import { editLines } from '../reckoning/lines.ts';
import { type Chain, type ChainMember, type Link, memberStatusLines, type Row } from './chain.ts';

const mayRoute = { area: 'traroutegrp', access: 'w' } as const;

/** A policy with all that it leads to: where it listens, what guards it, which servers answer. */
export function ChainCard({ chain, done }: { readonly chain: Chain; readonly done: () => void }): VNode {
  const { name, isEnabled, isMonitor, links, missingLink, rule, running, pool, members } = chain;
  const leftOut = running?.membersLeftOut ?? 0;
  const tools = html`
    ${!isEnabled && html`<span class="tag">disabled</span>`}
    ${isMonitor && html`<span class="tag warn">monitor-mode: nothing is refused</span>`}
    ${running !== undefined && html`<span class="faint">${counted(running.connections, 'connection')}</span>`}
    <${ActionButton} needs=${mayRoute} done=${done} action=${() => monitorAction(chain)} label=${`monitor-mode of ${name}`}>
      ${isMonitor ? 'Enforce' : 'Only monitor'} …<//>
    <${ActionButton} needs=${mayRoute} done=${done} action=${() => statusAction(chain)} label=${`status of ${name}`}>
      ${isEnabled ? 'Disable' : 'Enable'} …<//>`;
  return html`<${Panel} title=${html`<${Outside} text=${name} />`} tools=${tools}>
    <ol class="links">
      <li><span class="kind">listens at</span><${Listeners} listeners=${running?.listeners ?? []} isEnabled=${isEnabled} /></li>
      ${links.map((link) => html`<li key=${link.kind}><${LinkBox} link=${link} chain=${chain} rule=${rule} /></li>`)}
      <li class="wide"><span class="kind">pool</span><strong><${Outside} text=${pool || '–'} /></strong>
        <ul>${members.map(
          (member) => html`<${Member} key=${member.key} member=${member} pool=${pool} done=${done} />`,
        )}</ul>
        ${leftOut > 0 && html`<p class="faint">${leftOut === 1 ? 'One is unused' : `${count(leftOut)} are unused`}: more than the first member needs "set server-balance enable".</p>`}</li>
    </ol>
    ${missingLink !== '' && html`<p class="aside">No rule guards it: <${Outside} text=${missingLink} />.</p>`}
  <//>`;
}

function Listeners({
  listeners,
  isEnabled,
}: {
  readonly listeners: readonly ListenerReport[];
  readonly isEnabled: boolean;
}): VNode {
  if (listeners.length === 0)
    return html`<span class="faint">${isEnabled ? 'nowhere' : 'nowhere while it is disabled'}</span>`;
  return html`<ul>${listeners.map(
    ({ address, interface: nic, port, state, reason }) => html`<li>
      <${State} level=${state === 'listening' ? 'good' : 'bad'}>${state}<//>
      <${Outside} text=${address === '' ? `${nic} port ${port}` : endpointText({ address, port })} />
      ${reason !== '' && html`<span class="faint"> <${Outside} text=${reason} /></span>`}
    </li>`,
  )}</ul>`;
}

function LinkBox({
  link,
  chain,
  rule,
}: {
  readonly link: Link;
  readonly chain: Chain;
  readonly rule: Row | null;
}): VNode {
  const { kind, name } = link;
  const isRule = kind === 'rule';
  const running = chain.running?.rule ?? null;
  const threshold = Number(rule?.['layer4-connection-threshold'] ?? running?.threshold ?? 0);
  const action = String(rule?.['action'] ?? running?.action ?? '');
  return html`<span class="kind">${kind}</span>
    <strong class=${name === '' ? 'faint' : ''}>${name === '' ? 'none' : html`<${Outside} text=${name} />`}</strong>
    ${
      isRule &&
      name !== '' &&
      html`<span>${threshold === 0 ? 'no limit' : `${count(threshold)} for each source`}, ${action}</span>
        <a href=${linkTo('threshold', { policy: chain.name })}>Threshold</a>`
    }`;
}

const levels: Readonly<Record<string, 'good' | 'bad' | 'warn'>> = {
  up: 'good',
  down: 'bad',
  failing: 'warn',
};

type MemberProps = { readonly member: ChainMember; readonly pool: string; readonly done: () => void };

function Member({ member, pool, done }: MemberProps): VNode {
  const { isLeftOut, running, status } = member;
  const configured = status === 'enable' ? 'unknown' : status;
  const state = isLeftOut ? 'unused' : (running?.state ?? configured);
  const others = ['enable', 'maintain', 'disable'].filter((each) => each !== status);
  return html`<li>
    <${State} level=${levels[state] ?? 'faint'}>${state}<//> <${Outside} text=${member.member} />
    <span class="faint"> ${counted(running?.connections ?? 0, 'connection')}</span>
    <span class="ways">${others.map(
      (
        each,
      ) => html`<${ActionButton} key=${each} needs=${mayRoute} done=${done} label=${`${each} ${member.member}`}
        action=${() => memberAction(member, pool, each)}>${each} …<//>`,
    )}</span>
    ${running !== undefined && running.reason !== '' && html`<span class="faint"> <${Outside} text=${running.reason} /></span>`}
  </li>`;
}

const effects: Readonly<Record<string, string>> = {
  enable: 'It takes connections again.',
  maintain: 'It takes no new connections, and those that it has live on.',
  disable: 'It takes no new connections, and those that it has are reset.',
};

function memberAction({ key, member }: ChainMember, pool: string, status: string): Action {
  return actionOf(`${status} ${isolated(member)}`, memberStatusLines(pool, key, status), {
    text: effects[status],
    isChange: true,
    isDangerous: status === 'disable',
  });
}

function statusAction({ name, isEnabled }: Chain): Action {
  const lines = editLines('server-policy policy', name, { status: isEnabled ? 'disable' : 'enable' });
  return actionOf(isEnabled ? `Disable ${isolated(name)}` : `Enable ${isolated(name)}`, lines, {
    text: isEnabled ? 'Its listeners close, and its connections are reset.' : 'Its listeners open.',
    isChange: true,
    isDangerous: isEnabled,
  });
}

function monitorAction({ name, isMonitor }: Chain): Action {
  const lines = editLines('server-policy policy', name, { 'monitor-mode': isMonitor ? 'disable' : 'enable' });
  return actionOf(
    isMonitor ? `Enforce the rule of ${isolated(name)}` : `Only monitor ${isolated(name)}`,
    lines,
    {
      text: isMonitor ? 'From now on it refuses.' : 'Violations are reported, and nothing is refused.',
      isChange: true,
    },
  );
}
