import { rows } from '../asking/ask.ts';
import { isolated } from '../parts/outside.ts';
import { blockLine, liftLine, type TrustPlace, trustLines } from '../reckoning/lines.ts';
import type { Requirement } from '../view.ts';
import { type Action, actionOf } from './action.ts';

/** What blocking and lifting ask for, and trusting. */
export const blocking: Requirement = { area: 'traroutegrp', access: 'w' };
export const trusting: Requirement = { area: 'wafgrp', access: 'w' };

/** Seconds for which a source can be blocked. */
const lengths: readonly (readonly [string, number])[] = [
  ['10 minutes', 600],
  ['1 hour', 3600],
  ['6 hours', 21_600],
  ['24 hours', 86_400],
];

/** Blocks a source under each of these policies. */
export function blockAction(source: string, policies: readonly string[]): Action {
  return {
    title: `Block ${isolated(source)}`,
    text:
      policies.length === 1
        ? `The connections that it holds under policy ${isolated(policies[0] ?? '')} are closed, and new ones refused.`
        : `Under ${policies.length} policies: the connections that it holds are closed, and new ones refused.`,
    question: 'For how long',
    choices: lengths.map(([label, seconds]) => ({
      label,
      lines: policies.map((policy) => blockLine(policy, source, seconds)),
    })),
    isDangerous: true,
  };
}

/** Ends the block of a source under each of these policies. */
export function liftAction(source: string, policies: readonly string[]): Action {
  return actionOf(
    `Lift the block of ${isolated(source)}`,
    policies.map((policy) => liftLine(policy, source)),
    { text: 'Its connections are judged again, by what it holds then.' },
  );
}

/** Lets a source in whatever it holds. Rejects with the reason where the policy has no place for that. */
export async function trustAction(source: string, policy: string): Promise<Action> {
  const place = await trustPlaceOf(policy);
  const now = Date.now();
  return {
    title: `Trust ${isolated(source)}`,
    text: `It is let in whatever it holds, and still counted, under every policy with profile ${isolated(place.profile)}.`,
    question: 'For how long',
    choices: trustTimes.map(([label, hours]) => ({
      label,
      lines: trustLines(source, place, hours === null ? null : now + hours * 3_600_000),
    })),
    isChange: true,
  };
}

/** Hours for which a source can be trusted; null: for good. */
const trustTimes: readonly (readonly [string, number | null])[] = [
  ['1 hour', 1],
  ['8 hours', 8],
  ['24 hours', 24],
  ['7 days', 168],
  ['for good', null],
];

type Row = Readonly<Record<string, unknown>>;

async function trustPlaceOf(policy: string): Promise<TrustPlace> {
  const [of] = await rows<Row>('server-policy/policy', { mkey: policy });
  const profile = of?.['web-protection-profile'];
  if (typeof profile !== 'string')
    throw new Error(
      'This policy has no web-protection-profile, in which its trusted addresses would be named.',
    );
  const [found] = await rows<Row>('waf/web-protection-profile/inline-protection', { mkey: profile });
  const list = found?.['ip-list-policy'];
  if (typeof list === 'string') return { profile, list, isNew: false };
  return { profile, list: `${profile.slice(0, 50)} IP list`, isNew: true };
}
